using System.Diagnostics;
using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Package.Tests;

[Collection(Installed.Name)]
public sealed class A_part_of_a_run(InstalledTool tool)
{
    private readonly FinishedRun _run = tool.Finished;

    [Fact]
    public void At_once_gives_the_bytes_that_steps_give_one_by_one()
    {
        string[] sweep = ["sweep", "tiny.json", "--axis", "training.learningRate=0.002,0.003", "--threads", "1"];
        var both = Run([.. sweep, "--store", "both", "-j", "2"]);
        var single = Run([.. sweep, "--store", "single", "-j", "1"]);

        // Timings differ from run to run, and so do the reports that show them.
        string[] Digests(JsonNode run) =>
            [.. run["steps"]!.AsArray().Where(step => (string)step!["stage"]! is not ("evaluate" or "report")).Select(step => $"{step!["id"]} {step["outcome"]} {step["digest"]}")];
        Assert.Equal(7, Digests(both).Length);
        Assert.Equal(Digests(single), Digests(both));
        foreach (var evaluation in new[] { "summary.json", "rounds.jsonl" })
        {
            Assert.Equal(4, Contents("both", evaluation).Length);
            Assert.Equal(Contents("single", evaluation), Contents("both", evaluation));
        }
    }

    [Fact]
    public void Is_chosen_by_name()
    {
        Assert.Equal(["tokenize made", "vocabulary made"], Outcomes("--until", "vocabulary"));
        var (exitCode, _, talk) = tool.Run(_run.Folder, "run", "tiny.json", "--store", "part", "--only", "train");
        Assert.Equal(2, exitCode);
        Assert.Matches(@"\Aangelslim: error ASL0021: What these steps make .*: capture \(not made yet\)\. ", talk);
        Assert.Equal(["tokenize cached", "capture made"], Outcomes("--only", "capture"));
        Assert.Equal(["tokenize cached", "vocabulary cached", "capture made"], Outcomes("--until", "capture", "--until", "vocabulary", "--force", "capture"));
    }

    [Fact]
    [Provokes(ProblemCode.UnknownStep)]
    public void That_nobody_knows_is_guessed()
    {
        var (exitCode, _, talk) = tool.Run(_run.Folder, "run", "tiny.json", "--only", "trian", "--until", "exprot");
        Assert.Equal(2, exitCode);
        Assert.Contains("error ASL0020: --only: there is no step 'trian'; did you mean 'train'?", talk, StringComparison.Ordinal);
        (exitCode, _, talk) = tool.Run(_run.Folder, "run", "tiny.json", "--force", "train", "--only", "export");
        Assert.Equal(2, exitCode);
        Assert.Contains("--force train is not among the steps that may run", talk, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-j", "0")]
    [InlineData("--memory", "lots")]
    [InlineData("--memory", "0G")]
    [InlineData("--verify-cache", "101%")]
    [InlineData("--threads", "1.5")]
    public void Is_not_begun_with_a_number_that_means_nothing(string option, string value)
    {
        var (exitCode, _, talk) = tool.Run(_run.Folder, "run", "tiny.json", option, value);
        Assert.Equal(2, exitCode);
        Assert.Contains($"not '{value}'.", talk, StringComparison.Ordinal);
    }

    [Fact]
    public void That_is_frozen_ends_with_9_if_something_would_run()
    {
        Assert.Equal(0, tool.Run(_run.Folder, "run", "tiny.json", "--frozen").ExitCode);
        var (exitCode, _, talk) = tool.Run(_run.Folder, "run", "tiny.json", "--frozen", "--set", "evaluation.maxNewTokens=9");
        Assert.Equal(9, exitCode);
        Assert.Matches(@"these steps would: evaluate-k1 \([^)]*maxNewTokens", talk);
        Assert.Contains("report (waits for evaluate-k1, evaluate-k2)", talk, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_verified()
    {
        var (exitCode, _, talk) = tool.Run(_run.Folder, "run", "tiny.json", "--verify-cache", "100%", "--threads", "1", "-j", "2");
        Assert.Equal(0, exitCode);
        Assert.Equal(8, talk.Split('\n').Count(line => line.EndsWith("verified: it gave the same bytes again", StringComparison.Ordinal)));
    }

    [Fact]
    public void Goes_on_after_a_failure_when_asked_to_and_says_where_the_work_is()
    {
        var target = Directory.CreateDirectory(Path.Combine(_run.Folder, "cut"));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Golden.Root, "experiments", "builtin", "tiny-text")))
        {
            File.Copy(file, Path.Combine(target.FullName, Path.GetFileName(file)));
        }

        using (var weights = File.OpenWrite(Path.Combine(target.FullName, "model.safetensors")))
        {
            weights.SetLength(weights.Length / 2);
        }

        TinyExperiment.Write(_run.Folder, "cut.json", ("expect.acceptanceLengthAtLeast", new JsonObject { ["1"] = 1 }), ("target", new JsonObject { ["model"] = "cut" }));
        var (exitCode, output, talk) = tool.Run(_run.Folder, "run", "cut.json", "--store", "half", "--keep-going");
        Assert.Equal(3, exitCode);
        Assert.Contains("model.safetensors: error ASL1002", talk, StringComparison.Ordinal);
        Assert.Contains("vocabulary   made", output, StringComparison.Ordinal);
        Assert.Contains("capture      failed", output, StringComparison.Ordinal);
        Assert.Contains("report       skipped", output, StringComparison.Ordinal);
        Assert.Contains("acceptance length at k = 1: not judged, its evaluation has no result", output, StringComparison.Ordinal);
        Assert.Contains("capture failed. Its work and its log.ndjson are kept in ", talk, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Is_run_again_when_the_manifest_changes()
    {
        TinyExperiment.Write(_run.Folder, "watched.json");
        using var process = tool.Begin(_run.Folder, "run", "watched.json", "--watch", "--until", "vocabulary", "--events", "watched.jsonl");
        var output = process.StandardOutput.ReadToEndAsync();
        ReadUntil(process, "Waiting until");
        TinyExperiment.Write(_run.Folder, "watched.json", ("draft.vocabulary", "many"));
        ReadUntil(process, "watched.json has changed.");
        ReadUntil(process, "error ASL0005");
        TinyExperiment.Write(_run.Folder, "watched.json", ("draft.vocabulary", 290));
        ReadUntil(process, "vocabulary: made");
        ReadUntil(process, "Waiting until");
        using (var kill = Process.Start("kill", ["-INT", $"{process.Id}"]))
        {
            kill.WaitForExit();
        }

        Assert.DoesNotContain("Stopped", process.StandardError.ReadToEnd(), StringComparison.Ordinal);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        Assert.Equal(2, (await output).Split("tokenize").Length - 1);

        // The events of the second run stand after those of the first.
        var events = File.ReadLines(Path.Combine(_run.Folder, "watched.jsonl")).Select(line => JsonNode.Parse(line)!);
        Assert.Equal(2, events.Count(line => (string)line["event"]! is "ended" && (string)line["step"]! is "tokenize"));
    }

    private static void ReadUntil(Process process, string words)
    {
        while (process.StandardError.ReadLine() is { } line)
        {
            if (line.Contains(words, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"'{words}' was not said");
    }

    private JsonNode Run(params string[] arguments) => JsonNode.Parse(tool.Run(_run.Folder, [.. arguments, "--json"]).Output)!;

    private string[] Outcomes(params string[] arguments) =>
        [.. Run(["run", "tiny.json", "--store", "part", .. arguments])["steps"]!.AsArray().Select(step => $"{step!["id"]} {step["outcome"]}")];

    private string[] Contents(string store, string file) =>
        [.. Directory.EnumerateFiles(Path.Combine(_run.Folder, store, "objects", "evaluate"), file, SearchOption.AllDirectories).Select(File.ReadAllText).Order(StringComparer.Ordinal)];
}
