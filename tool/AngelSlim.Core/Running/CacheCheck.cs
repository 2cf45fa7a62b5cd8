using System.Collections.Concurrent;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Stages;

namespace AngelSlim.Core.Running;

/// <summary>Makes a sample of the results that were there again, beside the store, and compares: a stage that is not deterministic becomes visible.</summary>
/// <param name="setup">Where.</param>
/// <param name="policy">How many at once, and which share.</param>
/// <param name="run">The run's number; which results are taken follows from it.</param>
/// <param name="tell">Takes what happens, by step.</param>
internal sealed class CacheCheck(RunSetup setup, RunPolicy policy, long run, Action<string, RunEvent> tell)
{
    private readonly StageRunner _stages = new(setup, tell);
    private readonly ConcurrentQueue<StepFailure> _failures = [];

    /// <summary>Checks.</summary>
    /// <param name="cached">The steps whose result was there.</param>
    /// <param name="made">Results by step.</param>
    /// <param name="cancellation">The user wants to stop.</param>
    /// <returns>The steps that gave other bytes, or none at all.</returns>
    public IReadOnlyList<StepFailure> Go(IReadOnlyList<PlannedStep> cached, IReadOnlyDictionary<string, StoredArtifact> made, CancellationToken cancellation)
    {
        var sample = Sample(cached).ToDictionary(planned => planned.Step.Id, StringComparer.Ordinal);
        var scheduler = new Scheduler([.. sample.Values.Select(planned => planned.Step)], new Budget(policy.Jobs, policy.Memory));
        using (cancellation.Register(scheduler.Stop))
        {
            Workers.Run(Math.Min(policy.Jobs, sample.Count), () =>
            {
                while (scheduler.Next() is { } next)
                {
                    Advance(next, sample[next.Step.Id], scheduler, new Again(StageInputs.Bind(next.Step, made), cancellation));
                }
            });
        }

        return [.. _failures];
    }

    /// <summary>As many as were asked for, at least one; always the same of the same run.</summary>
    private IEnumerable<PlannedStep> Sample(IReadOnlyList<PlannedStep> cached)
    {
        var results = cached.DistinctBy(planned => planned.Recipe!.Key).ToList();
        var count = Math.Min(results.Count, Math.Max(1, (int)Math.Ceiling(results.Count * policy.VerifiedShare)));
        return results.OrderBy(planned => Digest.Of(FormattableString.Invariant($"{run} {planned.Recipe!.Key.RelativePath}")).Hex, StringComparer.Ordinal).Take(count);
    }

    private void Advance(ScheduledStep next, PlannedStep planned, Scheduler scheduler, Again again)
    {
        if (next.Planned is null)
        {
            next.Planned = planned;
            scheduler.Queue(next, Use.Of(next.Step, again.Inputs));
            return;
        }

        var work = new WorkFolder(Path.Combine(setup.Store.Verify, FormattableString.Invariant($"{run}-{planned.Recipe!.Key.Stage}-{planned.Recipe.Key.Recipe.Hex}")));
        try
        {
            Make(planned, work, again);
        }
        catch (Exception failure)
        {
            _failures.Enqueue(new(next.Step.Id, StageRunner.Explained(next.Step.Id, setup.Store.Root, work, failure)));
        }

        scheduler.Finish(next);
    }

    /// <summary>Makes it, compares, and leaves nothing, unless something is wrong.</summary>
    private void Make(PlannedStep planned, WorkFolder work, Again again)
    {
        tell(planned.Step.Id, new Began("made again beside the store, to verify it"));
        try
        {
            _stages.Run(planned.Step, again.Inputs, work, _ => { }, again.Cancellation);
            Judge(planned, work);
        }
        catch (OperationCanceledException) when (again.Cancellation.IsCancellationRequested)
        {
            // The next check makes its own choice.
        }

        Directory.Delete(work.Root, recursive: true);
    }

    private void Judge(PlannedStep planned, WorkFolder work)
    {
        var (stored, stage) = (planned.Found!.Listing, planned.Step.Stage);
        var (was, now) = (stored.Without(stage.Unsteady).Digest, ArtifactListing.Of(work.Output, Digest.OfFile).Without(stage.Unsteady).Digest);
        tell(planned.Step.Id, new Verified(was == now));
        if (was != now)
        {
            tell(planned.Step.Id, new Nondeterministic(was.Hex, now.Hex, work.Output));
            throw new DataException(
                ProblemCode.Nondeterministic,
                $"{planned.Step.Id} gave other bytes than the store has, from the same recipe. Compare {work.Output} with {planned.Found.Folder}. "
                    + "Where only floats differ, the number of threads or another processor may be the reason; else the stage is at fault.");
        }
    }

    /// <summary>With what a stage is run again.</summary>
    private sealed record Again(object Inputs, CancellationToken Cancellation);
}
