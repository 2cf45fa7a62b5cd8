using System.Text.Json.Nodes;
using System.Xml.Linq;
using AngelSlim.Core.Manifests;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Package.Tests;

/// <summary>Baselines, and what is judged by them; every test has a folder of its own, whose store is that of the finished run.</summary>
[Collection(Installed.Name)]
public sealed class A_regression(InstalledTool tool)
{
    private const string Baseline = "baselines/tiny.json";
    private readonly string _folder = tool.NewFolder();
    private readonly string _store = tool.Finished.Store;

    [Fact]
    [Provokes(ProblemCode.NoBaseline)]
    public void Without_a_baseline_is_never_green()
    {
        TinyExperiment.Write(_folder, "tiny.json");
        var (exitCode, output, talk) = tool.Run(_folder, "regress", "tiny.json");
        Assert.Equal((5, ""), (exitCode, output));
        Assert.StartsWith($"{Baseline}: error ASL2006: There is no baseline here.", talk, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder, ".angelslim")));
    }

    [Fact]
    public void Is_none_where_nothing_has_changed()
    {
        TinyExperiment.Write(_folder, "tiny.json");
        var shown = Run(0, "baseline", "set", "tiny.json", "--store", _store, "--json");
        Assert.Equal(File.ReadAllText(At(Baseline)).TrimEnd(), shown.TrimEnd());
        Assert.Equal(shown, Run(0, "baseline", "show", Baseline, "--json"));
        Assert.Contains("the first measurement", Run(0, "baseline", "show", "tiny.json"), StringComparison.Ordinal);
        Assert.Equal("pass", (string)Judged(0)["verdict"]!);
    }

    [Fact]
    public void Needs_a_run_before_its_baseline()
    {
        TinyExperiment.Write(_folder, "tiny.json");
        var (exitCode, _, talk) = tool.Run(_folder, "baseline", "set", "tiny.json");
        Assert.Equal(2, exitCode);
        Assert.Matches("^tiny.json: error ASL0021: .* has no result of evaluate-k1, evaluate-k2 as the manifest asks for it. Run 'dotnet angelslim run tiny.json' first.\n$", talk);
        Assert.False(Directory.Exists(At("baselines")));
    }

    [Fact]
    public void Is_judged_by_another_measure_only_with_a_reason()
    {
        TinyExperiment.Write(_folder, "tiny.json");
        Run(0, "baseline", "set", "tiny.json", "--store", _store, "--estimator", "meanOfPrompts");
        Assert.Equal(2, tool.Run(_folder, "baseline", "set", "tiny.json", "--store", _store).ExitCode);
        Assert.Equal(2, tool.Run(_folder, "baseline", "bless", "tiny.json", "--store", _store).ExitCode);
        Assert.Equal(2, tool.Run(_folder, "baseline", "bless", "tiny.json", "--store", _store, "--reason", " ").ExitCode);
        var before = File.ReadAllText(At(Baseline));
        Run(0, "baseline", "bless", "tiny.json", "--store", _store, "--reason", "the same again");
        Assert.Equal(before, File.ReadAllText(At(Baseline)));

        Change(baseline => baseline["evaluations"]![0]!["key"] = new string('0', 64));
        var blessed = JsonNode.Parse(Run(0, "baseline", "bless", "tiny.json", "--store", _store, "--reason", "why not", "--json"))!;
        Assert.Equal(["the first measurement", "why not"], blessed["blessings"]!.AsArray().Select(blessing => (string)blessing!["reason"]!));
        Assert.Equal("meanOfPrompts", (string)blessed["estimator"]!);
        Assert.NotEqual(new string('0', 64), (string)blessed["evaluations"]![0]!["key"]!);
    }

    [Fact]
    [Provokes(ProblemCode.Incomparable)]
    public void Is_not_judged_where_settings_or_estimators_differ()
    {
        TinyExperiment.Write(_folder, "tiny.json");
        Run(0, "baseline", "set", "tiny.json", "--store", _store);
        var judged = Judged(5, "--estimator", "tokensPerVerify");
        Assert.Equal("incomparable", (string)judged["verdict"]!);

        Change(baseline => baseline["evaluations"]![1]!["inputs"]!["target"] = new string('0', 64));
        var (exitCode, output, talk) = tool.Run(_folder, "regress", "tiny.json", "--store", _store);
        Assert.Equal(5, exitCode);
        Assert.Contains("incomparable: another target: 00000000 was measured and ", output, StringComparison.Ordinal);
        Assert.Contains($"{Baseline}: error ASL2009: evaluate-k2 of tiny.json cannot be compared: another target: 00000000 was measured and ", talk, StringComparison.Ordinal);
    }

    [Fact]
    [Provokes(ProblemCode.Undecided)]
    public void Of_one_prompt_is_not_decided()
    {
        TinyExperiment.Write(_folder, "tiny.json");
        Run(0, "baseline", "set", "tiny.json", "--store", _store);
        Change(AcceptAll);
        var (exitCode, output, talk) = tool.Run(_folder, "regress", "tiny.json", "--store", _store);
        Assert.Equal(5, exitCode);
        Assert.Contains("\ninconclusive: tiny.json against baselines/tiny.json, by ratioOfSums; ", output, StringComparison.Ordinal);
        Assert.Contains("error ASL2008: The acceptance length of evaluate-k1 was 2.000 and is 1.", talk, StringComparison.Ordinal);
        Assert.Contains("over 1 prompt; expected at least 10.", talk, StringComparison.Ordinal);
    }

    [Fact]
    [Provokes(ProblemCode.Regressed)]
    public void Of_many_prompts_is_told_in_every_form()
    {
        var prompts = File.ReadLines(Path.Combine(Golden.Root, "experiments", "builtin", "tiny-text", "prompts.jsonl")).Take(12);
        TinyExperiment.Write(_folder, "tiny.json", ("speculation.tokens", new JsonArray(1)), ("evaluation.prompts", new JsonArray("many.jsonl")), ("evaluation.promptsPerFile", 12));
        File.WriteAllLines(At("many.jsonl"), prompts);
        Run(0, "run", "tiny.json", "--store", _store, "--threads", "1");
        Run(0, "baseline", "set", "tiny.json", "--store", _store);
        Change(AcceptAll);
        var (exitCode, output, talk) = tool.RunWith(new() { ["GITHUB_ACTIONS"] = "true" }, _folder, "regress", "tiny.json", "--store", _store, "--json", "--junit", "junit.xml", "--sarif", "regress.sarif");
        Assert.Equal(4, exitCode);
        var evaluation = JsonNode.Parse(output)!["evaluations"]!.AsArray().Single()!;
        Assert.Equal(("regression", "evaluate-k1", 2.0), ((string)evaluation["verdict"]!, (string)evaluation["step"]!, (double)evaluation["figures"]![0]!["before"]!));
        Assert.Contains($"::error file={Baseline},line=1,title=angelslim ASL2007::The acceptance length of evaluate-k1 was 2.000 and is 1.", talk, StringComparison.Ordinal);
        var failure = XDocument.Load(At("junit.xml")).Descendants("testcase").Single().Element("failure")!;
        Assert.Equal("regression", failure.Attribute("type")!.Value);
        var finding = JsonNode.Parse(File.ReadAllText(At("regress.sarif")))!["runs"]![0]!["results"]!.AsArray().Single()!;
        Assert.Equal(("ASL2007", Baseline), ((string)finding["ruleId"]!, (string)finding["locations"]![0]!["physicalLocation"]!["artifactLocation"]!["uri"]!));
        Assert.Equal(4, tool.Run(_folder, "compare", Baseline, "tiny.json", "--store", _store).ExitCode);
        Assert.Equal(0, tool.Run(_folder, "compare", "tiny.json", Baseline, "--store", _store, "--margin", "5%", "--confidence", "0.9").ExitCode);
    }

    [Fact]
    public void Is_not_looked_for_while_noise_is_measured()
    {
        TinyExperiment.Write(_folder, "tiny.json", ("speculation.tokens", new JsonArray(1)));
        var document = JsonNode.Parse(Run(0, "regress", "tiny.json", "--calibrate", "--threads", "1", "--json"))!;
        var evaluation = document["evaluations"]!.AsArray().Single()!;
        Assert.Equal(("evaluate-k1", 1, 0, 0.0), ((string)evaluation["step"]!, (int)evaluation["prompts"]!, (int)evaluation["changed"]!, (double)evaluation["noise"]!));
        var lengths = evaluation["acceptanceLengths"]!.AsArray();
        Assert.Equal((double)lengths[0]!, (double)lengths[1]!);
        var speedups = evaluation["speedups"]!.AsArray();
        Assert.NotEqual((double)speedups[0]!, (double)speedups[1]!);
        Assert.False(Directory.Exists(At("baselines")));
    }

    [Theory]
    [InlineData("--margin", "much", "--margin is a share from 0 to 0.5, such as 0.02 or 2%, not 'much'.")]
    [InlineData("--margin", "60%", "--margin is a share from 0 to 0.5, such as 0.02 or 2%, not '60%'.")]
    [InlineData("--confidence", "0.4", "--confidence is a share from 0.5 to 0.999, such as 0.95 or 95%, not '0.4'.")]
    [InlineData("--estimator", "ratioOfSum", "--estimator is 'ratioOfSum'; expected ratioOfSums or meanOfPrompts or tokensPerVerify; did you mean 'ratioOfSums'?")]
    public void Is_not_judged_by_what_is_no_measure(string option, string value, string expected)
    {
        var (exitCode, _, talk) = tool.Run(_folder, "compare", "1", "1", "--store", _store, option, value);
        Assert.Equal((2, $"angelslim: error ASL0010: {expected}\n"), (exitCode, talk));
    }

    private static void AcceptAll(JsonNode baseline)
    {
        foreach (var prompt in baseline["evaluations"]!.AsArray().SelectMany(evaluation => evaluation!["prompts"]!.AsArray()))
        {
            prompt!["accepted"] = new JsonArray([.. prompt["accepted"]!.AsArray().Select((_, position) => (JsonNode)(position is 0 ? (int)prompt["rounds"]! : 0))]);
        }
    }

    private JsonNode Judged(int expected, params string[] more) => JsonNode.Parse(Run(expected, ["regress", "tiny.json", "--store", _store, "--json", .. more]))!;

    private string Run(int expected, params string[] arguments)
    {
        var (exitCode, output, talk) = tool.Run(_folder, arguments);
        Assert.True(exitCode == expected, $"{string.Join(' ', arguments)} ended with {exitCode}: {output}{talk}");
        return output;
    }

    private void Change(Action<JsonNode> change)
    {
        var baseline = JsonNode.Parse(File.ReadAllText(At(Baseline)))!;
        change(baseline);
        File.WriteAllText(At(Baseline), baseline.ToJsonString());
    }

    private string At(string name) => Path.Combine(_folder, name);
}
