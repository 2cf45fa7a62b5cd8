using AngelSlim.Core.Statistics;
using Xunit;

namespace AngelSlim.Core.Tests.Statistics;

public sealed class A_figure_of_acceptance
{
    /// <summary>Two rounds that accept 2 and 1 of two, one round that accepts none, and a text that its first token ended.</summary>
    private static readonly PromptCounts[] Prompts =
    [
        new("a", "1", Rounds: 2, NewTokens: 6, AcceptedByPosition: [2, 1]),
        new("a", "2", Rounds: 1, NewTokens: 2, AcceptedByPosition: [0, 0]),
        new("a", "3", Rounds: 0, NewTokens: 1, AcceptedByPosition: [0, 0]),
    ];

    [Fact]
    public void Is_what_its_estimator_says()
    {
        Assert.Equal(1 + (3.0 / 3), PromptRatio.Of(Estimator.RatioOfSums, Prompts).Value);
        Assert.Equal(((1 + (3.0 / 2)) + 1) / 2, PromptRatio.Of(Estimator.MeanOfPrompts, Prompts).Value);
        Assert.Equal(9.0 / 3, PromptRatio.Of(Estimator.TokensPerVerify, Prompts).Value);
    }

    [Fact]
    public void By_position_counts_all_rounds_or_those_that_got_there()
    {
        Assert.Equal([2.0 / 3, 1.0 / 3], new[] { 0, 1 }.Select(position => PromptRatio.Joint(position, Prompts).Value));
        Assert.Equal([2.0 / 3, 1.0 / 2], new[] { 0, 1 }.Select(position => PromptRatio.Conditional(position, Prompts).Value));
    }
}
