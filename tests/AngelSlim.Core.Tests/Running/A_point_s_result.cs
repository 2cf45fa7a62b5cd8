using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Planning.Sweeps;
using AngelSlim.Core.Running;
using AngelSlim.Core.Tests.Manifests;
using AngelSlim.Core.Tests.Planning;
using Xunit;

namespace AngelSlim.Core.Tests.Running;

public sealed class A_point_s_result : IDisposable
{
    private readonly ManifestFolder _manifests = new();
    private readonly TemporaryFolder _folder = new();
    private readonly PointSteps _point;

    public A_point_s_result() =>
        _point = SweepGraph.Of(_manifests.Read($"{ManifestFolder.Least[..^2]}, \"expect\": {{ \"acceptanceLengthAtLeast\": {{ \"4\": 2.5, \"2\": 1.5 }} }} }}"), Contracts.All).Points.Single();

    [Fact]
    public void Has_figures_verdicts_and_places_of_all_that_is_made()
    {
        var result = PointResult.Of(_point, Made(StepOutcome.Cached));
        Assert.Equal(PointState.Cached, result.State);
        Assert.Equal([1.5, 2.2], result.Figures.Evaluations.Select(evaluation => evaluation.Summary.All.AcceptanceLength));
        Assert.Equal([new("4", 2.5, 2.2), new("2", 1.5, 1.5)], result.Verdicts);
        Assert.Equal((0.75, 1.9, 0.5), (result.Figures.Heldout!.Loss, result.Figures.Heldout.AcceptanceLength, result.Figures.Heldout.FirstAccuracy));
        Assert.Equal((_folder.At("export"), Path.Combine(_folder.At("report"), "report.md")), (result.Draft, result.Report));
    }

    [Fact]
    public void Says_what_has_become_of_the_point()
    {
        var made = Made(StepOutcome.Cached);
        made["export"] = made["export"] with { Outcome = StepOutcome.Made };
        Assert.Equal(PointState.Made, PointResult.Of(_point, made).State);

        made["evaluate-k4"] = new("evaluate-k4", "evaluate", StepOutcome.Stopped, 1);
        var stopped = PointResult.Of(_point, made);
        Assert.Equal((PointState.Waits, 1, 1), (stopped.State, stopped.Verdicts.Count, stopped.Figures.Evaluations.Count));

        made["evaluate-k4"] = made["evaluate-k4"] with { Outcome = StepOutcome.Failed };
        Assert.Equal(PointState.Failed, PointResult.Of(_point, made).State);

        var nothing = PointResult.Of(_point, new Dictionary<string, StepResult>());
        Assert.Equal((PointState.Waits, null, null), (nothing.State, nothing.Draft, nothing.Figures.Heldout));
    }

    [Fact]
    public void Is_not_read_from_a_summary_that_is_damaged()
    {
        var made = Made(StepOutcome.Cached);
        File.WriteAllText(_folder.At("evaluate-k2", "summary.json"), "{}");

        var damaged = Assert.Throws<DataException>(() => PointResult.Of(_point, made));
        Assert.Equal((ProblemCode.StoreCorrupt, _folder.At("evaluate-k2", "summary.json")), (damaged.Problem.Code, damaged.Problem.Place!.Value.File));
        Assert.EndsWith(" and run again: it is made anew.", damaged.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _manifests.Dispose();
        _folder.Dispose();
    }

    /// <summary>Every step's result, with what is read of it: ten rounds for each evaluation, two lines of held-out figures.</summary>
    private Dictionary<string, StepResult> Made(StepOutcome outcome)
    {
        foreach (var step in _point.Steps)
        {
            Directory.CreateDirectory(_folder.At(step.Id));
        }

        Evaluated("evaluate-k2", 2, [5, 0]);
        Evaluated("evaluate-k4", 4, [8, 4, 0, 0]);
        File.WriteAllText(new TrainedDraft(_folder.At("train")).Heldout, "step,loss,acceptance_length,counted_0,loss_0,acc_0\n1,1.5,1.1,4,1.5,0.25\n2,0.75,1.9,4,0.75,0.5\n");
        return _point.Steps.ToDictionary(step => step.Id, step => new StepResult(step.Id, step.Stage.Name, outcome, 0) { Folder = _folder.At(step.Id) });
    }

    private void Evaluated(string step, int tokens, long[] accepted)
    {
        var evaluation = new Evaluation(_folder.At(step));
        var counts = new AcceptanceCounts { Prompts = 1, NewTokens = 10 + accepted.Sum(), Rounds = 10, AcceptedByPosition = accepted };
        ArtifactJson.Write(evaluation.Summary, new EvaluationSummary { SpeculativeTokens = tokens, All = counts, Sources = new Dictionary<string, AcceptanceCounts>(), EqualPrompts = 1 });
        ArtifactJson.Write(evaluation.Timing, new EvaluationTiming { PlainSeconds = 3, SpeculativeSeconds = 2, PlainNewTokens = 15, NewTokens = 15, Threads = 1 });
    }
}
