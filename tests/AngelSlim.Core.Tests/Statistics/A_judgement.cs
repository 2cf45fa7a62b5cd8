using AngelSlim.Core.Statistics;
using Xunit;

namespace AngelSlim.Core.Tests.Statistics;

public sealed class A_judgement
{
    private static readonly Bar Bar = new(Margin: 0.02, Confidence: 0.95);

    [Theory]
    [InlineData(-0.01, 0.01, 0.50, nameof(Judgement.Pass))]
    [InlineData(-0.01, -0.005, 0.001, nameof(Judgement.Pass))]
    [InlineData(-0.03, -0.001, 0.04, nameof(Judgement.Regression))]
    [InlineData(-0.03, -0.001, 0.06, nameof(Judgement.Inconclusive))]
    [InlineData(-0.03, 0.01, 0.20, nameof(Judgement.Inconclusive))]
    public void Weighs_both_bounds(double lower, double upper, double adjusted, string expected) =>
        Assert.Equal(expected, Bar.Judge(new((lower + upper) / 2, lower, upper, adjusted), adjusted, prompts: 80).ToString());

    [Fact]
    public void Of_a_few_prompts_is_given_only_where_none_has_changed()
    {
        var much = new RelativeChange(-0.5, -0.6, -0.4, 0.0001);
        Assert.Equal(Judgement.Inconclusive, Bar.Judge(much, 0.0001, Bar.LeastPrompts - 1));
        Assert.Equal(Judgement.Regression, Bar.Judge(much, 0.0001, Bar.LeastPrompts));
        Assert.Equal(Judgement.Pass, Bar.Judge(RelativeChange.None, 1, 1));
        Assert.Equal(Judgement.Inconclusive, Bar.Judge(null, 1, 80));
    }

    [Fact]
    public void Of_several_figures_asks_more_of_each()
    {
        // 3 × 0.01; 2 × 0.03; 1 × 0.04, but never less than the one before.
        Assert.Equal([0.03, 0.06, 0.06], Holm.Adjusted([0.01, 0.04, 0.03]).Select(p => Math.Round(p, 12)));
        Assert.Equal([1.0], Holm.Adjusted([1]));
        Assert.Equal([1.0, 1.0], Holm.Adjusted([0.7, 0.9]));
        Assert.Empty(Holm.Adjusted([]));
    }
}
