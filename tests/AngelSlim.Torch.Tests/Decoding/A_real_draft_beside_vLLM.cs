using System.Diagnostics;
using System.Text.Json;
using AngelSlim.Testing;
using AngelSlim.Torch.Decoding;
using AngelSlim.Torch.Drafts.Export;
using AngelSlim.Torch.Targets;
using Xunit;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Decoding;

/// <summary>SmolLM2 with the draft that AngelSlim trained for it: every proposal and every count of a real vLLM 0.32, greedy, float32.</summary>
/// <remarks>Two short prompts at k = 2 and 4, which the documentation has; all prompts at every k with <c>ANGELSLIM_LONG=1</c>.</remarks>
public sealed class A_real_draft_beside_vLLM(ITestOutputHelper log)
{
    private const int NewTokens = 128;
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("ANGELSLIM_LONG") is "1";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Proposes_and_accepts_the_same(int k)
    {
        if (Golden.Shared is null || RealModels.SmolLM2() is not { } model || !IsLong)
        {
            log.WriteLine("skipped: without the shared goldens and ANGELSLIM_LONG=1 only what the documentation has is judged");
            return;
        }

        _ = Judge(model, k, prompts: int.MaxValue);
    }

    [Fact]
    public void Is_in_the_documentation_with_what_was_compared()
    {
        if (Golden.Shared is null || RealModels.SmolLM2() is not { } model)
        {
            log.WriteLine("skipped: the real model and vLLM's answers are not on this machine");
            return;
        }

        FidelityPage.Matches(
            "Decoding, beside vLLM",
            "SmolLM2-135M-Instruct with the draft that AngelSlim trained for it, beside vLLM 0.32 (CPU, float32, greedy, `eagle3`): the two shortest prompts, up to 128 new tokens each; `ANGELSLIM_LONG=1` judges all 20 prompts at k = 1 to 4. In *rounds*, *absolute* counts those that differ in a word proposed or in how many are accepted, the texts being equal; the other lines are differences of the share accepted at each position.",
            [.. new[] { 2, 4 }.SelectMany(k => Judge(model, k, prompts: 2))]);
    }

    private List<FidelityRow> Judge(string model, int k, int prompts)
    {
        var folder = Draft();
        using var target = TargetModel.Load(model, float32, CPU);
        using var draft = DraftFolder.Load(folder, target);
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Golden.Shared!, "smollm2", "vllm-acceptance.json")));
        var (clock, rounds, texts, byPosition) = (Stopwatch.StartNew(), 0, new List<DecodedText>(), new long[k]);
        foreach (var expected in Prompts(document.RootElement, k).Take(prompts))
        {
            var ends = target.Config.EndIds.Select(id => (long)id).ToHashSet();
            var found = new Decoder(target, new DraftChain(draft, k)).Decode(PromptIds(expected), new DecodeLimits(NewTokens, ends));

            Assert.Equal(Ids(expected.GetProperty("output_ids")), found.Tokens);
            Assert.Equal(expected.GetProperty("proposals").EnumerateArray().Select(Ids), found.Rounds.Select(round => round.Drafted));
            Assert.Equal(Ids(expected.GetProperty("accepted_per_step")), found.Rounds.Select(round => (long)round.Accepted));
            rounds += found.Rounds.Count;
            texts.Add(found);
            byPosition = [.. byPosition.Zip(Ids(expected.GetProperty("accepted_per_position")), (sum, count) => sum + count)];
        }

        log.WriteLine($"k = {k}: {rounds} rounds equal, {clock.Elapsed.TotalSeconds:F0} s");
        Directory.Delete(folder, recursive: true);
        Assert.Equal(byPosition, AcceptanceTally.Of(k, texts).AcceptedByPosition);
        return
        [
            new("chain", $"angelslim, k = {k}", $"{rounds} rounds", 0, 0, "0"),
            .. byPosition.Select((count, i) => new FidelityRow("chain", $"angelslim, k = {k}", FormattableString.Invariant($"accepted at position {i + 1}: {count / (double)rounds:0.0000}"), 0, 0, "0")),
        ];
    }

    private static IEnumerable<JsonElement> Prompts(JsonElement root, int k) =>
        from run in root.GetProperty("runs").EnumerateArray()
        where run.GetProperty("num_speculative_tokens").GetInt32() == k
        from prompt in run.GetProperty("prompts").EnumerateArray().OrderBy(prompt => prompt.GetProperty("tokens").GetInt32())
        select prompt;

    private static long[] Ids(JsonElement array) => [.. array.EnumerateArray().Select(id => id.GetInt64())];

    private static long[] PromptIds(JsonElement expected)
    {
        using var greedy = JsonDocument.Parse(File.ReadAllText(Path.Combine(Golden.Shared!, "smollm2", "greedy128.json")));
        return Ids(greedy.RootElement.GetProperty("prompts").EnumerateArray()
            .First(prompt => prompt.GetProperty("benchmark").GetString() == expected.GetProperty("benchmark").GetString()
                && prompt.GetProperty("question_id").ToString() == expected.GetProperty("question_id").ToString())
            .GetProperty("prompt_ids"));
    }

    /// <summary>AngelSlim's folder as a server needs it: it was trained at base 10000, whatever its config says.</summary>
    private static string Draft()
    {
        var (folder, from) = (Directory.CreateTempSubdirectory("draft-").FullName, Path.Combine(Golden.Shared!, "angelslim-smollm2"));
        var config = File.ReadAllText(Path.Combine(from, "config.json"));
        Assert.Contains("\"rope_theta\": 100000", config, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "config.json"), config.Replace("\"rope_theta\": 100000", "\"rope_theta\": 10000", StringComparison.Ordinal));
        File.CreateSymbolicLink(Path.Combine(folder, "model.safetensors"), Path.Combine(from, "final.safetensors"));
        return folder;
    }
}
