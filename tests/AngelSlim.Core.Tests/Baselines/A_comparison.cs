using System.Text.Json.Nodes;
using AngelSlim.Core.Baselines;
using AngelSlim.Core.Statistics;
using Xunit;

namespace AngelSlim.Core.Tests.Baselines;

public sealed class A_comparison
{
    private static readonly ComparisonSettings Settings = new(Estimator.RatioOfSums, new(0.02, 0.95), new() { Resamples = 999 });

    [Fact]
    public void Passes_where_no_prompt_has_changed_and_falls_where_the_length_did()
    {
        var (before, after) = SomeMeasurement.Pair("evaluate-k3", drop: 0.05);
        var same = Compare([before], [before]);
        Assert.Equal((Judgement.Pass, 0.0), (same.Judgement, same.Evaluations[0].Figures[0].Change!.Estimate));
        Assert.Equal(Judgement.Regression, Compare([before], [after]).Judgement);
        Assert.Equal(Judgement.Pass, Compare([after], [before]).Judgement);
    }

    [Fact]
    public void Has_the_length_then_positions_and_judges_lengths_only()
    {
        var (before, after) = SomeMeasurement.Pair("evaluate-k3", drop: 0.05);
        var figures = Compare([before], [after]).Evaluations[0].Figures;
        Assert.Equal(
            ["acceptance length Regression", "position 1 ", "position 2 ", "position 2 behind 1 ", "position 3 ", "position 3 behind 2 "],
            figures.Select(figure => $"{figure.Name} {figure.Judgement}"));
        Assert.Equal(PromptRatio.Of(Estimator.RatioOfSums, before.Counts()).Value, figures[0].Before);
    }

    [Fact]
    public void Falls_where_one_source_of_two_did()
    {
        // Two sources of 80 prompts, of which the second loses a tenth and the first gains as much.
        var (first, second) = (SomeMeasurement.Pair("evaluate-k3", 0.10), SomeMeasurement.Pair("evaluate-k3", 0.10));
        MeasuredEvaluation Both(MeasuredEvaluation a, MeasuredEvaluation b) => a with { Prompts = [.. a.Prompts, .. b.Prompts.Select(prompt => prompt with { Source = "other" })] };
        var compared = Compare([Both(first.After, second.Before)], [Both(first.Before, second.After)]).Evaluations[0];
        Assert.Equal(["acceptance length Pass", "acceptance length of model Pass", "acceptance length of other Regression"], compared.Figures.Take(3).Select(figure => $"{figure.Name} {figure.Judgement}"));
        Assert.Equal(Judgement.Regression, compared.Judgement);
    }

    [Fact]
    public void Asks_more_of_each_figure_the_more_there_are()
    {
        var (before, after) = SomeMeasurement.Pair("evaluate-k3", drop: 0.01);
        double Adjusted(int count) => Compare(
            [.. Enumerable.Range(0, count).Select(k => before with { Step = $"evaluate-{k}" })],
            [.. Enumerable.Range(0, count).Select(k => after with { Step = $"evaluate-{k}" })]).Evaluations[0].Figures[0].Adjusted!.Value;
        Assert.InRange(Adjusted(1), 0.002, 0.33);
        Assert.Equal(3 * Adjusted(1), Adjusted(3), 1e-12);
    }

    public static TheoryData<string, string> Differences => new()
    {
        { """{"settings":{"speculativeTokens":4}}""", "speculativeTokens was 3 and is 4" },
        { """{"settings":{"tree":{"tokens":15}}}""", """tree was none and is {"tokens":15}""" },
        { """{"inputs":{"target":"ffffffffffff"}}""", "another target: bbbbbbbb was measured and ffffffff is" },
        { """{"inputs":{"prompts":["ffffffffffff"]}}""", "another prompts: [eeeeeeee] was measured and [ffffffff] is" },
        { """{"inputs":{"draft":"ffffffffffff"}}""", "" },
        { """{"inputs":{"rows":"ffffffffffff"}}""", "" },
        { """{"settings":{"promptsAtOnce":8}}""", "" },
    };

    [Theory]
    [MemberData(nameof(Differences))]
    public void Is_refused_where_anything_but_the_draft_differs(string change, string expected)
    {
        var (before, after) = SomeMeasurement.Pair("evaluate-k3", drop: 0.05);
        var changes = JsonNode.Parse(change)!.AsObject();
        after = after with { Settings = Changed(after.Settings, changes["settings"]), Inputs = Changed(after.Inputs, changes["inputs"]) };
        var compared = Compare([before], [after]).Evaluations[0];
        Assert.Equal(expected, string.Join("; ", compared.Differences));
        Assert.Equal(expected.Length > 0 ? Judgement.Incomparable : Judgement.Regression, compared.Judgement);
    }

    [Fact]
    public void Is_refused_where_rows_differ_and_hold_the_prompts()
    {
        var (before, _) = SomeMeasurement.Pair("evaluate-k3", drop: 0);
        before = before with { Inputs = Changed(before.Inputs, JsonNode.Parse("""{"prompts":[]}""")) };
        var after = before with { Inputs = Changed(before.Inputs, JsonNode.Parse("""{"rows":"ffffffffffff"}""")) };
        Assert.Equal(["another rows: dddddddd was measured and ffffffff is"], Compare([before], [after]).Evaluations[0].Differences);
    }

    [Fact]
    public void Is_refused_where_prompts_or_evaluations_are_missing_on_either_side()
    {
        var (before, after) = SomeMeasurement.Pair("evaluate-k3", drop: 0);
        var fewer = Compare([before], [after with { Prompts = [.. after.Prompts.Skip(1)] }]);
        Assert.Equal(["80 prompts were measured and 79 are"], fewer.Evaluations[0].Differences);
        var others = Compare([before], [after with { Prompts = [.. after.Prompts.Reverse()] }]);
        Assert.Equal(["other prompts: model/0 was measured where model/79 is"], others.Evaluations[0].Differences);
        var without = Compare([before], [before, after with { Step = "evaluate-k4" }]);
        Assert.Equal(["evaluate-k3 ", "evaluate-k4 it was not measured then"], without.Evaluations.Select(one => $"{one.Step} {string.Join("; ", one.Differences)}"));
        Assert.Equal(Judgement.Incomparable, without.Judgement);
        Assert.Equal(["it is not measured now"], Compare([before, after with { Step = "evaluate-k4" }], [before]).Evaluations[1].Differences);
    }

    [Fact]
    public void Mixes_no_estimators()
    {
        var (before, after) = SomeMeasurement.Pair("evaluate-k3", drop: 0);
        var mixed = Comparison.Of(new("a.json", Estimator.MeanOfPrompts, [before]), new("run 2", null, [after]), Settings);
        Assert.Equal(["the estimator of a.json is meanOfPrompts, and ratioOfSums is asked for"], mixed.Evaluations[0].Differences);
        Assert.Equal(Judgement.Incomparable, mixed.Judgement);
        var agreed = Comparison.Of(new("a.json", Estimator.MeanOfPrompts, [before]), new("run 2", null, [after]), Settings with { Estimator = Estimator.MeanOfPrompts });
        Assert.Equal(PromptRatio.Of(Estimator.MeanOfPrompts, before.Counts()).Value, agreed.Evaluations[0].Figures[0].Before);
    }

    private static Comparison Compare(IReadOnlyList<MeasuredEvaluation> before, IReadOnlyList<MeasuredEvaluation> after) => Comparison.Of(new("then", null, before), new("now", null, after), Settings);

    private static JsonObject Changed(JsonNode json, JsonNode? changes)
    {
        var changed = json.DeepClone().AsObject();
        foreach (var (name, value) in changes?.AsObject() ?? [])
        {
            changed[name] = value?.DeepClone();
        }

        return changed;
    }
}
