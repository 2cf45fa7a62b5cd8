using AngelSlim.Torch.Layers;
using AngelSlim.Torch.Targets;
using Xunit;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Targets;

/// <summary>Tiny random targets of each family against what transformers computed from the same files.</summary>
public sealed class A_target_beside_the_reference(ITestOutputHelper output)
{
    private static readonly string[] UncachedPrefixes = ["single", "batch", "short"];

    public static TheoryData<string> Cases => [.. GoldenCase.Folders("text", having: "config.json")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gives_the_same_states_and_scores_in_float32(string folder) => Judge(folder, float32, (golden, target) =>
    {
        foreach (var prefix in UncachedPrefixes.Where(prefix => golden.Has($"{prefix}.input_ids")))
        {
            CompareStates(golden, target, prefix);
        }
    });

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rounds_no_worse_than_an_honest_kernel_in_bfloat16(string folder) => Judge(folder, bfloat16, (golden, target) =>
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
            output.WriteLine($"{name}: rms {rms:g3}, {allowed:g3} allowed, {tolerance.GetProperty("rms_same_rounding").GetProperty(name)} when every rounding is the reference's");
            Assert.InRange(rms, 0, allowed);
        }
    });

    [Theory]
    [MemberData(nameof(Cases))]
    public void Writes_the_same_greedy_text_token_by_token(string folder) => Judge(folder, float32, (golden, target) =>
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
    });

    [Theory]
    [MemberData(nameof(Cases))]
    public void Scores_a_text_alike_whole_and_in_chunks_behind_a_cache(string folder) => Judge(folder, float32, (golden, target) =>
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
    });

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

    private static void Judge(string folder, ScalarType dtype, Action<GoldenCase, TargetModel> compare)
    {
        using var scope = NewDisposeScope();
        using var golden = new GoldenCase(folder);
        using var target = TargetModel.Load(folder, dtype, CPU);
        compare(golden, target);
    }
}
