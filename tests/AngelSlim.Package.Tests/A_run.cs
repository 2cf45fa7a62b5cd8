using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Package.Tests;

[Collection(Installed.Name)]
public sealed class A_run(InstalledTool tool)
{
    private readonly FinishedRun _run = tool.Finished;

    [Fact]
    public void Leaves_a_draft_and_a_report()
    {
        Assert.Equal(0, _run.ExitCode);
        Assert.Superset(new HashSet<string> { "config.json", "model.safetensors" }, _run.Results("export").ToHashSet());
        Assert.Contains("report.md", _run.Results("report"));
    }

    /// <remarks>That the run did load libtorch shows that the trace would show it.</remarks>
    [Theory]
    [InlineData("--help")]
    [InlineData("run", "--help")]
    [InlineData("schema")]
    [InlineData("validate", "tiny.json")]
    [InlineData("plan", "tiny.json")]
    [InlineData("plan", "tiny.json", "--store", "empty")]
    [InlineData("status")]
    [InlineData("runs")]
    [InlineData("show", "tiny")]
    [InlineData("compare", "tiny", "tiny")]
    [InlineData("logs", "last")]
    [InlineData("run", "tiny.json")]
    public void Loads_libtorch_and_nothing_that_needs_no_tensor_does(params string[] arguments)
    {
        Assert.Contains("libtorch_cpu.so", _run.Libraries, StringComparison.Ordinal);
        Assert.Contains("libLibTorchSharp.so", _run.Libraries, StringComparison.Ordinal);

        var (exitCode, libraries) = tool.RunTraced(_run.Folder, arguments);
        Assert.Equal(0, exitCode);
        Assert.Contains("libcoreclr.so", libraries, StringComparison.Ordinal);
        Assert.DoesNotContain("torch", libraries, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("libc10", libraries, StringComparison.Ordinal);
    }

    [Fact]
    public void Does_nothing_a_second_time_and_says_so()
    {
        var before = Objects();
        var (exitCode, output, talk) = tool.Run(_run.Folder, "run", "tiny.json");
        Assert.Equal((0, ""), (exitCode, talk));
        Golden.Matches("run-again.txt", TinyExperiment.Lasting(output, _run.Folder));
        Assert.Equal(before, Objects());
    }

    [Fact]
    public void Redoes_what_a_changed_setting_changes_and_no_more()
    {
        string[] prepared = ["tokenize have", "vocabulary have", "capture have"];
        Assert.Equal(
            [.. prepared, "train run", "export waits", "evaluate-k1 waits", "evaluate-k2 waits", "report waits"],
            Planned("training.learningRate", 0.003));
        Assert.Equal(
            [.. prepared, "train have", "export have", "evaluate-k1 run", "evaluate-k2 run", "report waits"],
            Planned("evaluation.maxNewTokens", 9));
        Assert.Equal(
            ["tokenize have", "vocabulary run", "capture have", "train waits", "export waits", "evaluate-k1 waits", "evaluate-k2 waits", "report waits"],
            Planned("draft.vocabulary", 300));
        Assert.Equal(
            ["tokenize run", "vocabulary waits", "capture waits", "train waits", "export waits", "evaluate-k1 waits", "evaluate-k2 waits", "report waits"],
            Planned("data.maxTokens", 64));

        // How often a checkpoint is written changes the speed, and no byte.
        Assert.Equal(
            [.. prepared, "train have", "export have", "evaluate-k1 have", "evaluate-k2 have", "report have"],
            Planned("training.checkpointEvery", 3));
    }

    [Fact]
    public void Makes_only_the_evaluation_that_was_added()
    {
        TinyExperiment.Write(_run.Folder, "more.json", ("speculation.tokens", new JsonArray(1, 2, 3)));
        Assert.Equal(
            ["tokenize cached", "vocabulary cached", "capture cached", "train cached", "export cached", "evaluate-k1 cached", "evaluate-k2 cached", "evaluate-k3 made", "report made"],
            _run.Steps("run", "more.json"));
    }

    [Fact]
    [Provokes(ProblemCode.ExpectationMissed)]
    public void That_misses_what_is_expected_of_it_ends_with_4()
    {
        TinyExperiment.Write(_run.Folder, "expecting.json", ("expect.acceptanceLengthAtLeast", new JsonObject { ["1"] = 1, ["2"] = 3 }));
        var (exitCode, output, talk) = tool.Run(_run.Folder, "run", "expecting.json", "--json");
        Assert.Equal(4, exitCode);
        Assert.Matches(@"expecting\.json\(1,\d+\): error ASL2002: The acceptance length at k = 2 is [12]\.\d\d\d; at least 3 was expected\.\n\z", talk);
        Assert.Equal([true, false], JsonNode.Parse(output)!["expectations"]!.AsArray().Select(verdict => (bool)verdict!["met"]!));
    }

    [Fact]
    [Provokes(ProblemCode.NoNativeLibrary)]
    public void Without_libtorch_says_how_to_fetch_it()
    {
        var folder = tool.NewFolder();
        TinyExperiment.Write(folder, "tiny.json");
        var (exitCode, _, talk) = tool.RunWith(new() { ["NUGET_PACKAGES"] = Path.Combine(folder, "none") }, folder, "run", "tiny.json");
        Assert.Equal(8, exitCode);
        Assert.Contains("error ASL3004: libtorch ", talk, StringComparison.Ordinal);
        Assert.Contains("dotnet restore", talk, StringComparison.Ordinal);
    }

    private string[] Planned(string path, JsonNode value)
    {
        TinyExperiment.Write(_run.Folder, "changed.json", (path, value));
        return _run.Steps("plan", "changed.json");
    }

    /// <summary>Every file of every result, with the time of its last change.</summary>
    private string[] Objects() =>
        [.. new DirectoryInfo(Path.Combine(_run.Store, "objects")).EnumerateFiles("*", SearchOption.AllDirectories)
            .Select(file => $"{file.FullName} {file.LastWriteTimeUtc.Ticks}").Order(StringComparer.Ordinal)];
}
