using AngelSlim.Core.Planning;
using AngelSlim.Core.Stages;

namespace AngelSlim.Core.Running;

/// <summary>Goes through the steps, runs those whose result is not in the store, and records everything. Knows no stage by name.</summary>
/// <param name="setup">Where.</param>
/// <param name="policy">How.</param>
/// <param name="observe">Takes what happens, one event at a time.</param>
internal sealed class Runner(RunSetup setup, RunPolicy policy, Action<StepEvent> observe)
{
    private readonly Lock _turns = new();

    /// <summary>Runs what was chosen.</summary>
    /// <exception cref="Manifests.DataException">A result that was not to be made is not in the store: nothing was begun.</exception>
    public RunEnd Run(Selection selection, RunRecord record, CancellationToken cancellation)
    {
        var outcome = "failed";
        try
        {
            MissingResult.Check(selection, setup.Planner);
            var end = RunAll(selection, record, cancellation);
            outcome = end switch { { Failures.Count: > 0 } => "failed", { IsStopped: true } => "stopped", _ => "made" };
            return end;
        }
        finally
        {
            record.End(outcome);
        }
    }

    private RunEnd RunAll(Selection selection, RunRecord record, CancellationToken cancellation)
    {
        var pass = new StepPass(setup, policy, record, Tell);
        var isWhole = pass.Go(selection, cancellation);
        var failures = pass.Failures;
        if (isWhole && failures.Count is 0 && policy.VerifiedShare > 0)
        {
            failures = new CacheCheck(setup, policy, record.Id, Tell).Go(pass.Cached, pass.Made, cancellation);
            isWhole = !cancellation.IsCancellationRequested;
        }

        return new(pass.Made, failures, IsStopped: !isWhole);
    }

    private void Tell(string id, RunEvent happened)
    {
        lock (_turns)
        {
            observe(new StepEvent(id, setup.Clock.GetUtcNow(), happened));
        }
    }
}
