using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AngelSlim.Cli.Commands;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Package.Tests;

/// <summary>What <c>--json</c> prints: other programs rely on every name in it.</summary>
[Collection(Installed.Name)]
public sealed partial class A_document(InstalledTool tool)
{
    private readonly FinishedRun _run = tool.Finished;

    [Fact]
    public void Of_a_run_says_what_became_of_each_step_and_expectation()
    {
        TinyExperiment.Write(_run.Folder, "expecting.json", ("expect.acceptanceLengthAtLeast", new JsonObject { ["1"] = 1 }));
        tool.Run(_run.Folder, "run", "expecting.json");
        Matches("run.json", "run", "expecting.json", "--json");
    }

    [Fact]
    public void Of_a_plan_says_what_is_there_and_what_would_run()
    {
        TinyExperiment.Write(_run.Folder, "changed.json", ("evaluation.maxNewTokens", 9));
        Matches("plan.json", "plan", "changed.json", "--json");
    }

    [Fact]
    public void Of_a_step_says_what_changed_and_where_that_stands()
    {
        TinyExperiment.Write(_run.Folder, "changed.json", ("evaluation.maxNewTokens", 9));
        Printed(_run.Folder, 0, "explain", "changed.json", "report", "--json");
        var (exitCode, output, _) = tool.Run(_run.Folder, "explain", "changed.json", "report");
        Assert.Equal(0, exitCode);
        Golden.Matches("explain-report.txt", Digests().Replace(Making().Replace(TinyExperiment.Lasting(output, _run.Folder), " by RUN"), "DIGEST"));
    }

    [Fact]
    public void Of_a_value_says_who_gave_it()
    {
        TinyExperiment.Write(_run.Folder, "tiny.json");
        Printed(_run.Folder, 0, "explain", "tiny.json", "--value", "training", "--json");
        var answers = from question in new[] { "training.unroll", "training.seed", "evaluation", "training.gate" }
                      select tool.Run(_run.Folder, "explain", "tiny.json", "--value", question, "--set", "evaluation.promptsPerFile=2", "--set", "training.compatibility=angelslim").Output;
        Golden.Matches("explain-values.txt", string.Join('\n', answers));
        var (exitCode, _, talk) = tool.Run(_run.Folder, "explain", "tiny.json", "--value", "unrol");
        Assert.Equal((2, "angelslim: error ASL0002: There is no setting 'unrol'; did you mean 'training.unroll'?\n"), (exitCode, talk));
        Assert.Equal(2, tool.Run(_run.Folder, "explain", "tiny.json").ExitCode);
        Assert.Equal(2, tool.Run(_run.Folder, "explain", "tiny.json", "train", "--against", "last").ExitCode);
    }

    [Fact]
    public void Of_a_store_lists_runs_and_work()
    {
        var folder = tool.NewFolder();
        TinyExperiment.Write(folder, "tiny.json");
        File.WriteAllText(Path.Combine(folder, "rows.jsonl"), "no row\n");
        Assert.Equal(3, tool.Run(folder, "run", "tiny.json").ExitCode);
        Golden.Matches("status.json", TinyExperiment.Lasting(Printed(folder, 0, "status", "--json"), folder));
    }

    [Fact]
    public void Of_past_runs_lists_them()
    {
        Matches("runs.json", "runs", "tiny.json", "--name", "tiny", "--outcome", "made", "--before", "2", "--json");
        Matches("show.json", "show", "1", "--json");
    }

    [Fact]
    public void Of_a_manifest_has_its_problems_or_its_warnings()
    {
        TinyExperiment.Write(_run.Folder, "wrong.json", ("training.epochs", 2), ("training.unrol", 3));
        Golden.Matches("validate-wrong.json", Printed(_run.Folder, 2, "validate", "wrong.json", "--json"));
        TinyExperiment.Write(_run.Folder, "odd.json", ("training.epochs", 2));
        Golden.Matches("validate-odd.json", Printed(_run.Folder, 0, "validate", "odd.json", "--json"));
    }

    [Fact]
    public void Is_there_of_whatever_a_verb_prints()
    {
        var folder = tool.NewFolder();
        var written = JsonNode.Parse(Printed(folder, 0, "new", "mine.json", "--json"))!["files"]!.AsArray();
        Assert.Equal("mine.json", (string)written[0]!);
        Assert.All(written, file => Assert.True(File.Exists(Path.Combine(folder, (string)file!))));

        var schemas = JsonNode.Parse(Printed(folder, 0, "schema", "--list", "--json"))!["names"]!.AsArray();
        Assert.Equal(tool.Run(folder, "schema", "--list").Output, string.Concat(schemas.Select(name => $"{name}\n")));
        Assert.Equal(tool.Run(folder, "completion", "fish").Output, (string)JsonNode.Parse(Printed(folder, 0, "completion", "fish", "--json"))!["script"]!);
        Assert.All(CommandLine.Verbs.Select(VerbShape.Of).Where(verb => !verb.IsHidden), verb => Assert.NotNull(verb.Find("--json")));
    }

    private void Matches(string golden, params string[] arguments) =>
        Golden.Matches(golden, TinyExperiment.Lasting(Printed(_run.Folder, 0, arguments), _run.Folder));

    private string Printed(string folder, int expected, params string[] arguments)
    {
        var (exitCode, output, _) = tool.Run(folder, arguments);
        Assert.Equal(expected, exitCode);
        Assert.NotNull(JsonNode.Parse(output));
        return output;
    }

    [GeneratedRegex(@" by run \d+ on [^ :]+")]
    private static partial Regex Making();

    [GeneratedRegex(@"\b[0-9a-f]{12}\b|(?<=/)[0-9a-f]{8}\b")]
    private static partial Regex Digests();
}
