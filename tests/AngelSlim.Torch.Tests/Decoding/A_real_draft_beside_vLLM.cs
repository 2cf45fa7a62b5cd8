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
/// <remarks>Two short prompts at k = 2 and 4; all prompts at every k with <c>ANGELSLIM_LONG=1</c>.</remarks>
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
        if (Golden.Shared is null || RealModels.SmolLM2() is not { } model || (!IsLong && k is not (2 or 4)))
        {
            log.WriteLine("skipped: without the shared goldens or without ANGELSLIM_LONG=1 this is not judged");
            return;
        }

        var folder = Draft();
        using var target = TargetModel.Load(model, float32, CPU);
        using var draft = DraftFolder.Load(folder, target);
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Golden.Shared, "smollm2", "vllm-acceptance.json")));
        var (clock, rounds) = (Stopwatch.StartNew(), 0);
        foreach (var expected in Prompts(document.RootElement, k))
        {
            var ends = target.Config.EndIds.Select(id => (long)id).ToHashSet();
            var found = new Decoder(target, new DraftChain(draft, k)).Decode(PromptIds(expected), new DecodeLimits(NewTokens, ends));

            Assert.Equal(Ids(expected.GetProperty("output_ids")), found.Tokens);
            Assert.Equal(expected.GetProperty("proposals").EnumerateArray().Select(Ids), found.Rounds.Select(round => round.Drafted));
            Assert.Equal(Ids(expected.GetProperty("accepted_per_step")), found.Rounds.Select(round => (long)round.Accepted));
            rounds += found.Rounds.Count;
        }

        log.WriteLine($"k = {k}: {rounds} rounds equal, {clock.Elapsed.TotalSeconds:F0} s");
        Directory.Delete(folder, recursive: true);
    }

    private static IEnumerable<JsonElement> Prompts(JsonElement root, int k) =>
        from run in root.GetProperty("runs").EnumerateArray()
        where run.GetProperty("num_speculative_tokens").GetInt32() == k
        from prompt in run.GetProperty("prompts").EnumerateArray().OrderBy(prompt => prompt.GetProperty("tokens").GetInt32()).Take(IsLong ? int.MaxValue : 2)
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
