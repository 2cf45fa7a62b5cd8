using System.Collections.Concurrent;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Stages;

namespace AngelSlim.Core.Running;

/// <summary>One way through the steps of a run, with as many workers as it may have at once.</summary>
/// <param name="setup">Where.</param>
/// <param name="policy">How.</param>
/// <param name="record">Takes what steps come to.</param>
/// <param name="tell">Takes what happens, by step.</param>
internal sealed class StepPass(RunSetup setup, RunPolicy policy, RunRecord record, Action<string, RunEvent> tell)
{
    private readonly StepRunner _steps = new(setup, policy, record, tell);
    private readonly ConcurrentDictionary<string, StoredArtifact> _made = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<StepFailure> _failures = [];
    private readonly ConcurrentQueue<PlannedStep> _cached = [];

    /// <summary>The results that there are, by step.</summary>
    public IReadOnlyDictionary<string, StoredArtifact> Made => _made;

    /// <summary>In the order in which they happened.</summary>
    public IReadOnlyList<StepFailure> Failures => [.. _failures];

    /// <summary>The steps whose result was there, in no order.</summary>
    public IReadOnlyList<PlannedStep> Cached => [.. _cached];

    /// <summary>Goes.</summary>
    /// <returns>Every step that can be is over; false when the user stopped it before.</returns>
    public bool Go(Selection selection, CancellationToken cancellation)
    {
        var budget = new Budget(policy.Jobs, policy.Memory);
        var scheduler = new Scheduler(selection.Steps, budget);
        using (cancellation.Register(scheduler.Stop))
        {
            Workers.Run(Math.Min(policy.Jobs, selection.Steps.Count), () =>
            {
                try
                {
                    while (scheduler.Next() is { } next)
                    {
                        Advance(next, new(selection, budget, scheduler, cancellation));
                    }
                }
                catch (Exception failure)
                {
                    // The index itself gave up, say: without it no step may go on.
                    _failures.Enqueue(new(StepId: null, failure));
                    scheduler.Stop();
                }
            });
        }

        return scheduler.IsOver || !cancellation.IsCancellationRequested;
    }

    private void Advance(ScheduledStep next, Going going)
    {
        var started = setup.Clock.GetTimestamp();
        try
        {
            if (next.Planned is null)
            {
                Look(next, going);
            }
            else if (_steps.TryMake(next, StageInputs.Bind(next.Step, _made), going.Cancellation) is { } end)
            {
                Finish(next, end, setup.Clock.GetElapsedTime(started).TotalSeconds);
                going.Scheduler.Finish(next);
            }
            else
            {
                going.Scheduler.Park(next);
            }
        }
        catch (OperationCanceledException) when (going.Cancellation.IsCancellationRequested)
        {
            End(next, StepOutcome.Stopped, setup.Clock.GetElapsedTime(started).TotalSeconds);
            going.Scheduler.Stop();
        }
        catch (Exception failure)
        {
            Fail(next, going, failure, setup.Clock.GetElapsedTime(started).TotalSeconds);
        }
    }

    private void Look(ScheduledStep next, Going going)
    {
        var planned = next.Planned = setup.Planner.Look(next.Step, _made);
        var mayRun = going.Selection.Chosen.Contains(next.Step.Id);
        if (_steps.IsCached(planned) || (planned.Found is not null && !mayRun))
        {
            Finish(next, new(planned.Found!, StepOutcome.Cached), seconds: 0);
            going.Scheduler.Finish(next);
            return;
        }

        if (!mayRun)
        {
            throw MissingResult.Of([planned]);
        }

        var use = Use.Of(next.Step, StageInputs.Bind(next.Step, _made));
        if (going.Budget.IsExceededBy(use.Needs))
        {
            tell(next.Step.Id, new Said($"needs about {Size(use.Needs.Memory)} of memory, and {Size(policy.Memory)} may be used (--memory). It runs alone.", Warning: true));
        }

        if (!going.Scheduler.Queue(next, use))
        {
            tell(next.Step.Id, new Queued(use.Needs));
        }
    }

    private static string Size(long bytes) => FormattableString.Invariant($"{(double)bytes / (1L << 30):0.#} GiB");

    private void Finish(ScheduledStep next, StepEnd end, double seconds)
    {
        var planned = next.Planned!;
        record.Keep(end.Artifact, planned, _made);
        _made[next.Step.Id] = end.Artifact;
        if (end.Outcome is StepOutcome.Cached)
        {
            _cached.Enqueue(planned);
        }

        End(next, end.Outcome, end.Outcome is StepOutcome.Cached ? 0 : seconds, end.Artifact);
    }

    private void Fail(ScheduledStep next, Going going, Exception failure, double seconds)
    {
        _failures.Enqueue(new(next.Step.Id, StageRunner.Explained(next.Step.Id, setup.Store.Root, Work(next), failure)));
        if (policy.WhenFailed is WhenFailed.BeginNoMore)
        {
            going.Scheduler.Stop();
        }

        var unread = going.Scheduler.Fail(next);
        End(next, StepOutcome.Failed, seconds);
        foreach (var step in unread)
        {
            End(new ScheduledStep(step, missing: 0) { Planned = new(step, StepState.Waits, $"{next.Step.Id} failed") }, StepOutcome.Skipped, seconds: 0);
        }
    }

    private WorkFolder? Work(ScheduledStep next) =>
        next.Planned?.Recipe is { } recipe && setup.Store.Work(recipe.Key) is { IsStarted: true } work ? work : null;

    private void End(ScheduledStep next, StepOutcome outcome, double seconds, StoredArtifact? artifact = null)
    {
        var result = new StepResult(next.Step.Id, next.Step.Stage.Name, outcome, seconds)
        {
            Folder = artifact?.Folder,
            Digest = artifact?.Listing.Digest.Hex,
            Work = artifact is null ? Work(next)?.Root : null,
        };
        // What was told stands in the index, whenever a kill comes.
        record.Keep(result, next.Planned ?? new PlannedStep(next.Step, StepState.Waits, "could not be planned"));
        tell(next.Step.Id, new Ended(result));
    }

    /// <summary>What a pass goes through, and with what.</summary>
    private sealed record Going(Selection Selection, Budget Budget, Scheduler Scheduler, CancellationToken Cancellation);
}
