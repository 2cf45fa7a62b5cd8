using AngelSlim.Core.Statistics;
using Xunit;

namespace AngelSlim.Core.Tests.Statistics;

public sealed class A_relative_change
{
    private const int Repetitions = 1000;

    /// <summary>Three standard deviations of a share of 5 % among <see cref="Repetitions"/>: a sound interval exceeds 5 % by more once in 700 seeds.</summary>
    private static readonly double Slack = 3 * Math.Sqrt(0.05 * 0.95 / Repetitions);

    [Theory]
    [InlineData(10, 50)]
    [InlineData(20, 50)]
    [InlineData(40, 256)]
    [InlineData(80, 256)]
    public void Is_taken_for_a_drop_where_there_is_none_in_one_case_of_twenty_at_most(int prompts, int newTokens) =>
        Assert.InRange(Share(prompts, newTokens, drop: 0, change => change.Upper < 0), 0, 0.05 + Slack);

    [Theory]
    [InlineData(20, 50)]
    [InlineData(80, 256)]
    public void Is_taken_for_harmless_at_the_margin_itself_in_one_case_of_twenty_at_most(int prompts, int newTokens) =>
        Assert.InRange(Share(prompts, newTokens, drop: 0.02, change => Verdict(change, prompts) is Judgement.Pass), 0, 0.05 + Slack);

    [Fact]
    public void Of_two_percent_is_found_with_80_prompts_of_256_tokens_in_four_cases_of_five() =>
        Assert.InRange(Share(80, 256, drop: 0.02, change => Verdict(change, 80) is Judgement.Regression), 0.80, 1);

    [Fact]
    public void Of_nothing_passes_with_80_prompts_of_256_tokens_in_four_cases_of_five() =>
        Assert.InRange(Share(80, 256, drop: 0, change => Verdict(change, 80) is Judgement.Pass), 0.80, 1);

    [Fact]
    public void Of_three_percent_is_found_where_a_fixed_tolerance_of_five_misses_it()
    {
        Assert.InRange(Share(80, 256, drop: 0.03, change => Verdict(change, 80) is Judgement.Regression), 0.97, 1);
        Assert.InRange(Share(80, 256, drop: 0.03, change => change.Estimate < -0.05), 0, 0.03);
    }

    [Fact]
    public void Is_none_where_every_prompt_has_the_counts_that_it_had()
    {
        var (before, _) = new ChainModel(1).Measure(3, 50, drop: 0);
        Assert.Same(RelativeChange.None, Change(before, [.. before]));
    }

    [Fact]
    public void Has_no_spread_where_every_prompt_changes_by_the_same_share()
    {
        var change = RelativeChange.Of(new([8, 4, 12], [4, 2, 4]), new([6, 3, 9], [4, 2, 4]), new())!;
        Assert.Equal([-0.25, -0.25, -0.25], new[] { change.Estimate, change.Lower, change.Upper }.Select(value => Math.Round(value, 9)));
        Assert.Equal(1.0 / 10_000, change.ProbabilityIfNotLower);
    }

    [Fact]
    public void Of_one_prompt_among_many_has_bounds_although_most_samples_lack_it()
    {
        var (before, _) = new ChainModel(1).Measure(80, 256, drop: 0);
        var first = before[0] with { AcceptedByPosition = [before[0].AcceptedByPosition[0] - 2, .. before[0].AcceptedByPosition.Skip(1)] };
        var change = Change(before, [first, .. before.Skip(1)])!;
        Assert.InRange(change.Estimate, -0.0005, -1e-6);
        Assert.InRange(change.Lower, -0.02, change.Estimate);
        Assert.InRange(change.Upper, change.Estimate, 0.02);
        Assert.Equal(Judgement.Pass, Verdict(change, 80));
    }

    [Fact]
    public void Is_the_same_for_the_same_seed_and_the_inverse_the_other_way_round()
    {
        var (before, after) = new ChainModel(2).Measure(40, 64, drop: 0.05);
        var change = Change(before, after)!;
        Assert.Equal(change, Change(before, after));
        Assert.NotEqual(change, RelativeChange.Of(PromptRatio.Of(Estimator.RatioOfSums, before), PromptRatio.Of(Estimator.RatioOfSums, after), new() { Seed = 43 }));
        Assert.Equal(1, (1 + change.Estimate) * (1 + Change(after, before)!.Estimate), 1e-12);
    }

    [Fact]
    public void Is_not_there_where_a_figure_is_nothing_or_of_one_prompt()
    {
        Assert.Null(RelativeChange.Of(new([0, 0], [4, 4]), new([1, 0], [4, 4]), new()));
        Assert.Null(RelativeChange.Of(new([5], [4]), new([6], [4]), new()));
    }

    [Fact]
    public void Leaves_out_samples_that_have_no_quotient()
    {
        // A third position that one prompt of four accepts: in 32 % of samples nobody does.
        var change = RelativeChange.Of(new([2, 0, 0, 0], [9, 9, 9, 9]), new([1, 0, 0, 0], [9, 9, 9, 9]), new())!;
        Assert.Equal(-0.5, change.Estimate, 1e-12);
        Assert.True(double.IsFinite(change.Lower) && double.IsFinite(change.Upper));
    }

    private static RelativeChange? Change(IReadOnlyList<PromptCounts> before, IReadOnlyList<PromptCounts> after) =>
        RelativeChange.Of(PromptRatio.Of(Estimator.RatioOfSums, before), PromptRatio.Of(Estimator.RatioOfSums, after), new());

    private static Judgement Verdict(RelativeChange change, int prompts) => new Bar(0.02, 0.95).Judge(change, change.ProbabilityIfNotLower, prompts);

    private static double Share(int prompts, int newTokens, double drop, Func<RelativeChange, bool> asked)
    {
        var (model, count) = (new ChainModel(1), 0);
        for (var i = 0; i < Repetitions; i++)
        {
            var (before, after) = model.Measure(prompts, newTokens, drop);
            var how = new Resampling { Resamples = 499, Seed = (ulong)i };
            count += asked(RelativeChange.Of(PromptRatio.Of(Estimator.RatioOfSums, before), PromptRatio.Of(Estimator.RatioOfSums, after), how)!) ? 1 : 0;
        }

        return (double)count / Repetitions;
    }
}
