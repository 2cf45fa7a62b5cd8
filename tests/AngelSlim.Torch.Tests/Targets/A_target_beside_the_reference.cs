using System.Globalization;
using System.Text.Json;
using AngelSlim.Testing;
using AngelSlim.Torch.Layers;
using AngelSlim.Torch.Targets;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Targets;

/// <summary>Tiny random targets of each family against what transformers computed from the same files.</summary>
public sealed class A_target_beside_the_reference
{
    private static readonly string[] UncachedPrefixes = ["single", "batch", "short"];

    /// <summary>Which numbers, in which type, how they are compared, and what is allowed.</summary>
    private sealed record Comparison(string What, ScalarType Type, Action<GoldenCase, TargetModel> Run, Func<JsonElement, string> Allowed);

    private static readonly Comparison States = new("states and scores, float32", float32, CompareStates, InFloat32);
    private static readonly Comparison Rounded = new("states and scores, bfloat16 (rms)", bfloat16, CompareRounded, InBfloat16);
    private static readonly Comparison GreedyText = new("scores along a greedy text behind a cache, its tokens equal", float32, CompareGreedyText, InFloat32);
    private static readonly Comparison Chunks = new("the same text in chunks of 1, 3, 8 and whole", float32, CompareChunks, InFloat32);

    public static TheoryData<string> Cases => [.. GoldenCase.Folders("text", having: "config.json")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gives_the_same_states_and_scores_in_float32(string folder) => Judge(folder, States);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rounds_no_worse_than_an_honest_kernel_in_bfloat16(string folder) => Judge(folder, Rounded);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Writes_the_same_greedy_text_token_by_token(string folder) => Judge(folder, GreedyText);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Scores_a_text_alike_whole_and_in_chunks_behind_a_cache(string folder) => Judge(folder, Chunks);

    /// <summary>Over the cases that the repository carries, so that the page says the same wherever it is written.</summary>
    [Fact]
    public void Is_in_the_documentation_with_what_was_measured()
    {
        var rows = from folder in Directory.GetDirectories(Golden.Own("text")).Order(StringComparer.Ordinal)
                   where File.Exists(Path.Combine(folder, "config.json"))
                   from comparison in new[] { States, Rounded, GreedyText, Chunks }
                   let judged = Judge(folder, comparison)
                   where judged is not null
                   select judged;
        FidelityPage.Matches(
            "Text targets",
            "Tiny targets with random weights, also norms and biases, beside transformers 5.23 (torch 2.13, CPU, eager attention and experts). *States* are the residual stream behind every layer and what the head reads. In bfloat16 the two columns are root mean squares, and 1.5 times the noise of bfloat16 itself is allowed.",
            [.. rows]);
    }

    private static string InFloat32(JsonElement tolerance) =>
        string.Create(CultureInfo.InvariantCulture, $"{tolerance.GetProperty("fp32").GetProperty("absolute").GetDouble():0e-00} + {tolerance.GetProperty("fp32").GetProperty("relative").GetDouble():0e-00} of each number");

    private static string InBfloat16(JsonElement tolerance) =>
        string.Join(" and ", tolerance.GetProperty("bf16").GetProperty("rms").EnumerateObject().Select(limit => limit.Value.GetRawText()).Order(StringComparer.Ordinal));

    private static void CompareStates(GoldenCase golden, TargetModel target)
    {
        foreach (var prefix in UncachedPrefixes.Where(prefix => golden.Has($"{prefix}.input_ids")))
        {
            CompareStates(golden, target, prefix);
        }
    }

    private static void CompareRounded(GoldenCase golden, TargetModel target)
    {
        if (!golden.Has("bf16.input_ids"))
        {
            return;
        }

        var kept = Layers(golden, "default");
        var said = target.Run(new TargetInput(golden["bf16.input_ids"]), kept);
        var tolerance = golden.Meta.GetProperty("tolerance").GetProperty("bf16");
        foreach (var (name, actual) in new[] { ($"hidden_states.{target.Config.Layers}", said.Last_BTD), ("logits", Scores(target, said)) })
        {
            var rms = golden.Rms($"bf16.{name}", actual);
            var allowed = tolerance.GetProperty("rms").GetProperty(name).GetDouble();
            Assert.InRange(rms, 0, allowed);
        }
    }

    private static void CompareGreedyText(GoldenCase golden, TargetModel target)
    {
        if (!golden.Has("generate.tokens"))
        {
            return;
        }

        var tokens = golden["generate.tokens"];
        using var cache = new KvCache(target.Config.Layers);
        var next = golden["generate.prompt"];
        var scores = new List<Tensor>();
        for (var i = 0; i < tokens.shape[0]; i++)
        {
            var said = target.Run(new TargetInput(next), [], cache);
            scores.Add(target.Logits(said.Last_BTD[.., -1]));
            next = scores[^1].argmax(-1, keepdim: true);
            Assert.Equal(tokens[i].item<long>(), next.item<long>());
        }

        golden.AssertClose("generate.logits", cat(scores));
    }

    private static void CompareChunks(GoldenCase golden, TargetModel target)
    {
        if (!golden.Has("generate.tokens"))
        {
            return;
        }

        var text = cat([golden["generate.prompt"], golden["generate.tokens"].unsqueeze(0)], dim: 1)[.., ..^1];
        // A rotation that grows with the text turns a text that is read at once as its length says, one that is written token by token not.
        var longest = target.Config.Rope is DynamicRope ? target.Config.MaxPositions : (int)text.shape[1];
        foreach (var chunk in new[] { 1, 3, 8, longest })
        {
            using var cache = new KvCache(target.Config.Layers);
            var last = text.split(chunk, dim: 1).Select(ids => target.Run(new TargetInput(ids), [], cache).Last_BTD).ToList();
            golden.AssertClose("generate.logits", target.Logits(cat(last, dim: 1)[0, 7..]));
        }
    }

    private static IReadOnlyList<int> Layers(GoldenCase golden, string which) =>
        [.. golden.Meta.GetProperty("aux").GetProperty(which).EnumerateArray().Select(layer => layer.GetInt32())];

    private static Tensor Scores(TargetModel target, TargetOutput said) =>
        target.Logits(said.Last_BTD.flatten(0, 1)).unflatten(0, said.Last_BTD.shape[0], said.Last_BTD.shape[1]);

    private static void CompareStates(GoldenCase golden, TargetModel target, string prefix)
    {
        var layers = target.Config.Layers;
        var mask_BT = golden[$"{prefix}.attention_mask"];
        var said = target.Run(new TargetInput(golden[$"{prefix}.input_ids"]), [.. Enumerable.Range(0, layers)]);
        for (var layer = 0; layer < layers - 1; layer++)
        {
            if (golden.Has($"{prefix}.hidden_states.{layer + 1}"))
            {
                golden.AssertClose($"{prefix}.hidden_states.{layer + 1}", said.Hidden_BTLD.select(2, layer), mask_BT);
            }
        }

        golden.AssertClose($"{prefix}.hidden_states.{layers}", said.Last_BTD, mask_BT);
        if (golden.Has($"{prefix}.logits"))
        {
            golden.AssertClose($"{prefix}.logits", Scores(target, said), mask_BT);
        }

        foreach (var which in new[] { "default", "custom" }.Where(which => golden.Has($"{prefix}.aux.{which}")))
        {
            var kept = target.Run(new TargetInput(golden[$"{prefix}.input_ids"]), Layers(golden, which)).Hidden_BTLD;

            // The reference's tuple holds the normed state for the last layer; we keep the stream itself, as vLLM does.
            var parts = Layers(golden, which).Select((layer, i) => layer == layers - 1 ? said.Last_BTD : kept.select(2, i));
            golden.AssertClose($"{prefix}.aux.{which}", cat([.. parts], dim: -1), mask_BT);
        }
    }

    /// <summary>Runs a comparison; null where the case does not have its numbers.</summary>
    private static FidelityRow? Judge(string folder, Comparison comparison)
    {
        using var scope = NewDisposeScope();
        using var golden = new GoldenCase(folder);
        using var target = TargetModel.Load(folder, comparison.Type, CPU);
        comparison.Run(golden, target);
        return golden.Differences.Count is 0 ? null : new(
            target.Config.Family.ModelType,
            Path.GetFileName(folder),
            comparison.What,
            golden.Differences.Max(difference => difference.Absolute),
            golden.Differences.Max(difference => difference.Relative),
            comparison.Allowed(golden.Meta.GetProperty("tolerance")));
    }
}
