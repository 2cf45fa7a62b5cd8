using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Running;
using Xunit;

namespace AngelSlim.Core.Tests.Running;

public sealed class A_verdict
{
    [Theory]
    [InlineData(1.7, 1.7, true)]
    [InlineData(1.6, 1.7, true)]
    [InlineData(1.7000000000000002, 1.7, false)]
    [InlineData(1, double.NaN, false)]
    public void Is_met_from_the_expected_length_on(double atLeast, double found, bool met) => Assert.Equal(met, new Verdict("4", atLeast, found).IsMet);

    [Fact]
    public void Is_given_on_each_expectation_in_the_manifests_order_by_its_own_evaluation() =>
        // 1 + 5 / 10, 1 + (8 + 4) / 10: what vLLM would report.
        Assert.Equal(
            [new("4", 2.5, 2.2), new("2", 1.5, 1.5)],
            Verdict.Of(Expecting(("4", 2.5), ("2", 1.5)), [Measured(2, [5, 0]), Measured(4, [8, 4, 0, 0])]));

    [Fact]
    public void Is_given_for_a_tree_by_its_name()
    {
        var tree = Measured(8, [6, 4]) with { Tree = new TreeSettings { Tokens = 8, Depth = 2 } };
        var found = Verdict.Of(Expecting(("tree", 1.9), ("8", 1)), [Measured(8, [5, 0]), tree]);
        Assert.Equal([new("tree", 1.9, 2.0), new("8", 1, 1.5)], found);
        Assert.Equal(["of the tree", "at k = 8"], found.Select(verdict => verdict.Place));
    }

    [Fact]
    public void Is_not_given_where_nothing_is_expected_or_measured()
    {
        Assert.Empty(Verdict.Of(null, [Measured(2, [5, 0])]));
        Assert.Empty(Verdict.Of(Expecting(), [Measured(2, [5, 0])]));
        Assert.Empty(Verdict.Of(Expecting(("4", 2.5)), [Measured(2, [5, 0])]));
    }

    private static ExpectSettings Expecting(params (string Tokens, double AtLeast)[] lengths) =>
        new() { AcceptanceLengthAtLeast = lengths.ToDictionary(length => length.Tokens, length => length.AtLeast) };

    /// <summary>What an evaluation of ten rounds found.</summary>
    private static EvaluationSummary Measured(int tokens, long[] accepted) => new()
    {
        SpeculativeTokens = tokens,
        All = new() { Prompts = 1, NewTokens = 10 + accepted.Sum(), Rounds = 10, AcceptedByPosition = accepted },
        Sources = new Dictionary<string, AcceptanceCounts>(),
        EqualPrompts = 1,
    };
}
