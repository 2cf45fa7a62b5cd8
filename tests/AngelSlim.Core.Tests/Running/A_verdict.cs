using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Running;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Tests.Planning;
using Xunit;

namespace AngelSlim.Core.Tests.Running;

public sealed class A_verdict : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1.7, 1.7, true)]
    [InlineData(1.6, 1.7, true)]
    [InlineData(1.7000000000000002, 1.7, false)]
    [InlineData(1, double.NaN, false)]
    public void Is_met_from_the_expected_length_on(double atLeast, double found, bool met) => Assert.Equal(met, new Verdict("4", atLeast, found).IsMet);

    [Fact]
    public void Is_given_on_each_expectation_in_the_manifests_order_by_its_own_evaluation()
    {
        // 1 + 5 / 10, 1 + (8 + 4) / 10: what vLLM would report.
        Step[] steps = [Measured(2, [5, 0]), Measured(4, [8, 4, 0, 0]), new("report", Contracts.All.Get("report"), new object(), new Dictionary<string, StepInput>())];
        Assert.Equal(
            [new("4", 2.5, 2.2), new("2", 1.5, 1.5)],
            Verdict.Of(Expecting(("4", 2.5), ("2", 1.5)), steps, Made("evaluate-k2", "evaluate-k4")));
    }

    [Fact]
    public void Is_not_given_where_nothing_is_expected()
    {
        var steps = new[] { Measured(2, [5, 0]) };
        Assert.Empty(Verdict.Of(null, steps, Made("evaluate-k2")));
        Assert.Empty(Verdict.Of(Expecting(), steps, Made("evaluate-k2")));
    }

    [Fact]
    public void Is_not_given_on_a_summary_that_is_damaged()
    {
        var steps = new[] { Measured(2, [5, 0]) };
        File.WriteAllText(_folder.At("evaluate-k2", "summary.json"), "{}");

        var damaged = Assert.Throws<DataException>(() => Verdict.Of(Expecting(("2", 1.5)), steps, Made("evaluate-k2")));
        Assert.Equal((ProblemCode.StoreCorrupt, _folder.At("evaluate-k2", "summary.json")), (damaged.Problem.Code, damaged.Problem.Place!.Value.File));
        Assert.EndsWith(" and run again: it is made anew.", damaged.Message, StringComparison.Ordinal);
    }

    private static ExpectSettings Expecting(params (string Tokens, double AtLeast)[] lengths) =>
        new() { AcceptanceLengthAtLeast = lengths.ToDictionary(length => length.Tokens, length => length.AtLeast) };

    /// <summary>An evaluation's step, and in the folder what it wrote: ten rounds.</summary>
    private Step Measured(int tokens, long[] accepted)
    {
        var step = new Step($"evaluate-k{tokens}", Contracts.All.Get("evaluate"), new EvaluateSettings { PromptLabels = [], SpeculativeTokens = tokens, PromptsPerFile = 1, MaxNewTokens = 9, Dtype = Dtype.Float32 }, new Dictionary<string, StepInput>());
        var counts = new AcceptanceCounts { Prompts = 1, NewTokens = 10 + accepted.Sum(), Rounds = 10, AcceptedByPosition = accepted };
        Directory.CreateDirectory(_folder.At(step.Id));
        ArtifactJson.Write(
            new Evaluation(_folder.At(step.Id)).Summary,
            new EvaluationSummary { SpeculativeTokens = tokens, All = counts, Sources = new Dictionary<string, AcceptanceCounts>(), EqualPrompts = 1 });
        return step;
    }

    private Dictionary<string, StoredArtifact> Made(params string[] ids) => ids.ToDictionary(
        id => id,
        id => new StoredArtifact(new StepKey("evaluate", Digest.Of(id)), _folder.At(id), new ArtifactListing([]), new Making(DateTimeOffset.UnixEpoch, 1, "test")));
}
