using System.Text.Json.Nodes;
using AngelSlim.Cli;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Running;
using Xunit;

namespace AngelSlim.Package.Tests;

[Collection(Installed.Name)]
public sealed class An_exit_code(InstalledTool tool)
{
    public static TheoryData<string, int> Codes => new()
    {
        { ProblemCode.MissingFile, 2 },
        { ProblemCode.Usage, 2 },
        { ProblemCode.BadRow, 3 },
        { ProblemCode.BadDraft, 3 },
        { ProblemCode.Diverged, 3 },
        { ProblemCode.ExpectationMissed, 4 },
        { ProblemCode.Regressed, 4 },
        { ProblemCode.NoBaseline, 5 },
        { ProblemCode.Undecided, 5 },
        { ProblemCode.Incomparable, 5 },
        { ProblemCode.TextsDiffer, 3 },
        { ProblemCode.Nondeterministic, 3 },
        { ProblemCode.MissingResult, 2 },
        { ProblemCode.StoreBusy, 7 },
        { ProblemCode.WouldRun, 9 },
        { ProblemCode.StoreCorrupt, 8 },
        { ProblemCode.DiskFull, 8 },
        { ProblemCode.NoNativeLibrary, 8 },
        { ProblemCode.StoreNewer, 8 },
        { ProblemCode.FileSystem, 8 },
        { ProblemCode.CacheRefuses, 8 },
        { ProblemCode.CacheCorrupt, 8 },
    };

    [Theory]
    [MemberData(nameof(Codes))]
    public void Says_who_has_to_act(string problem, int exitCode) => Assert.Equal(exitCode, ExitCode.Of(new DataException(problem, "")));

    [Fact]
    public void Says_what_ended_a_command()
    {
        Assert.Equal(2, ExitCode.Of(new UserException(ProblemCode.Usage, "")));
        Assert.Equal(8, ExitCode.Of(new IOException()));
        Assert.Equal(8, ExitCode.Of(new UnauthorizedAccessException()));
        Assert.Equal(75, ExitCode.Of(new OperationCanceledException()));
        Assert.Equal(1, ExitCode.Of(new InvalidOperationException()));
    }

    [Fact]
    public void Is_3_when_a_row_is_bad()
    {
        var folder = Tiny();
        File.AppendAllText(Path.Combine(folder, "rows.jsonl"), "no row\n");
        Ends(3, "rows.jsonl(17,2): error ASL1001: ", folder, "run", "tiny.json");
    }

    [Fact]
    public void Is_7_when_another_process_has_the_step_and_nobody_wants_to_wait()
    {
        var folder = Tiny();
        var plan = JsonNode.Parse(tool.Run(folder, "plan", "tiny.json", "--json").Output)!;
        var key = new StepKey("tokenize", Digest.Parse((string)plan["steps"]![0]!["key"]!));
        using var held = StoreLock.TryTake(Path.Combine(folder, ".angelslim"), key, new Holder(1234, "elsewhere", DateTimeOffset.UnixEpoch));
        Assert.NotNull(held);
        Ends(7, $"error ASL3001: {key} is being made by process 1234 on elsewhere since 1970-01-01 00:00:00Z.", folder, "run", "tiny.json", "--no-wait");
    }

    [Fact]
    public void Is_8_when_the_store_cannot_be_written()
    {
        var folder = Tiny();
        File.WriteAllText(Path.Combine(folder, "store"), "a file");
        Ends(8, "error ASL3006: The system refused: ", folder, "run", "tiny.json", "--store", "store");
    }

    [Fact]
    public void Is_8_when_libtorch_is_not_there_and_what_needs_none_is_kept()
    {
        var folder = Tiny();
        var packages = tool.NewFolder();
        var (exitCode, output, talk) = tool.RunWith(new() { ["NUGET_PACKAGES"] = packages }, folder, "run", "tiny.json", "--json");
        Assert.Equal(8, exitCode);
        Assert.Contains($"error ASL3004: libtorch 2.10.0 should be in {packages}/libtorch-cpu-linux-x64/", talk, StringComparison.Ordinal);
        Assert.Equal(["made", "made", "failed", "skipped", "skipped", "skipped", "skipped", "skipped"], JsonNode.Parse(output)!["steps"]!.AsArray().Select(step => (string)step!["outcome"]!));
    }

    private string Tiny()
    {
        var folder = tool.NewFolder();
        TinyExperiment.Write(folder, "tiny.json");
        return folder;
    }

    private void Ends(int expected, string problem, string folder, params string[] arguments)
    {
        var (exitCode, _, talk) = tool.Run(folder, arguments);
        Assert.Contains(problem, talk, StringComparison.Ordinal);
        Assert.Equal(expected, exitCode);
    }
}
