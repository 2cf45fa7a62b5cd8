using System.Collections.Concurrent;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Stages;

namespace AngelSlim.Core.Running;

/// <summary>A result, and whether it had to be made.</summary>
internal sealed record StepEnd(StoredArtifact Artifact, StepOutcome Outcome);

/// <summary>Makes the result of one step: lock, stage, publishing. Several threads may do so at once, each with its own step.</summary>
/// <param name="setup">Where.</param>
/// <param name="policy">How.</param>
/// <param name="record">Takes attempts and numbers.</param>
/// <param name="tell">Takes what happens, by step.</param>
internal sealed class StepRunner(RunSetup setup, RunPolicy policy, RunRecord record, Action<string, RunEvent> tell)
{
    private readonly StageRunner _stages = new(setup, tell);
    private readonly ConcurrentDictionary<StepKey, bool> _atWork = [];
    private readonly ConcurrentDictionary<StepKey, bool> _madeAgain = [];

    private ArtifactStore Store => setup.Store;

    /// <summary>Its result is there, is to stay, and has no work beside it.</summary>
    public bool IsCached(PlannedStep planned) =>
        planned.Found is { } found && !MakesAgain(planned) && !Store.Work(found.Key).IsStarted;

    /// <summary>Makes a result, or takes the one that another process made while this one waited.</summary>
    /// <param name="scheduled">A step that was looked at.</param>
    /// <param name="inputs">Of the type <see cref="IStage.Inputs"/>.</param>
    /// <param name="cancellation">The user wants to stop.</param>
    /// <returns>Null when somebody else is making it now.</returns>
    public StepEnd? TryMake(ScheduledStep scheduled, object inputs, CancellationToken cancellation)
    {
        var key = scheduled.Planned!.Recipe!.Key;
        if (!_atWork.TryAdd(key, true))
        {
            // Another step of this run asks for the same result.
            return null;
        }

        try
        {
            var me = new Holder(setup.Place.Pid, setup.Place.Host, setup.Clock.GetUtcNow());
            using var held = scheduled.IsBusyTold ? StoreLock.TryTake(Store.Root, key, me) : StoreLock.TryTakePatiently(Store.Root, key, me);
            if (held is null)
            {
                TellBusy(scheduled, key);
                return null;
            }

            return Make(scheduled.Planned, inputs, cancellation);
        }
        finally
        {
            _atWork.TryRemove(key, out _);
        }
    }

    private bool MakesAgain(PlannedStep planned) => policy.Forced.Contains(planned.Step.Id) && !_madeAgain.ContainsKey(planned.Recipe!.Key);

    private StepEnd Make(PlannedStep planned, object inputs, CancellationToken cancellation)
    {
        var (id, key) = (planned.Step.Id, planned.Recipe!.Key);
        if (ChangedSource(planned) is { } changed)
        {
            throw changed;
        }

        var now = Store.Find(key);
        if (now.Found is { } found && !MakesAgain(planned))
        {
            Store.ClearWork(key);
            return new(found, StepOutcome.Cached);
        }

        if (now.Fault is { } fault)
        {
            tell(id, new Said($"The result of {id} is damaged ({fault}). It was moved to {Store.SetAside(key)} and is made again.", Warning: true));
        }

        tell(id, new Began(now.Found is null ? planned.Reason : "made again, as asked"));
        return new(Attempt(planned, inputs, now.Found, cancellation), StepOutcome.Made);
    }

    private StoredArtifact Attempt(PlannedStep planned, object inputs, StoredArtifact? before, CancellationToken cancellation)
    {
        var key = planned.Recipe!.Key;
        var attempt = record.BeginAttempt(planned.Step.Id, key);
        var started = setup.Clock.GetTimestamp();
        try
        {
            if (!Store.Work(key).IsSealed)
            {
                RunOnOneContent(planned, inputs, attempt, cancellation);
            }

            var seconds = Math.Round(setup.Clock.GetElapsedTime(started).TotalSeconds, 3);
            var made = Publish(planned, before, new Making(setup.Clock.GetUtcNow(), seconds, setup.Place.Tool) { Threads = [.. Store.Work(key).ReadThreads().Distinct()] });
            _madeAgain[key] = true;
            record.EndAttempt(attempt, StepOutcome.Made);
            return made;
        }
        catch (Exception failure)
        {
            var stopped = failure is OperationCanceledException && cancellation.IsCancellationRequested;
            record.EndAttempt(attempt, stopped ? StepOutcome.Stopped : StepOutcome.Failed, failure.ToString());
            throw;
        }
    }

    /// <summary>Runs the stage. When a source did not stay the same to the end, its work is thrown away: it may be made of what the key does not speak of.</summary>
    private void RunOnOneContent(PlannedStep planned, object inputs, long attempt, CancellationToken cancellation)
    {
        var key = planned.Recipe!.Key;
        void Judge(Exception? failure)
        {
            if (ChangedSource(planned, failure) is { } changed)
            {
                Store.ClearWork(key);
                throw changed;
            }
        }

        try
        {
            _stages.Run(planned.Step, inputs, Store.Work(key), measured => record.Keep(attempt, measured), cancellation);
        }
        catch (Exception failure)
        {
            Judge(failure);
            throw;
        }

        Judge(failure: null);
    }

    /// <summary>Puts a result into the store. One that was made again and has the bytes of the one before changes nothing; otherwise the one before is set aside once the new one is whole.</summary>
    private StoredArtifact Publish(PlannedStep planned, StoredArtifact? before, Making making)
    {
        var (id, key, work) = (planned.Step.Id, planned.Recipe!.Key, Store.Work(planned.Recipe.Key));
        if (before is not null && Directory.Exists(work.Output) && ArtifactListing.Of(work.Output, Digest.OfFile).Digest == before.Listing.Digest)
        {
            Store.ClearWork(key);
            tell(id, new Said("gave the same bytes again"));
            return before;
        }

        foreach (var _ in Store.Seal(key, planned.Recipe.Text, making))
        {
        }

        var kept = before is null ? null : Store.SetAside(key);
        foreach (var _ in Store.Place(key))
        {
        }

        var made = Store.Find(key).Found ?? throw new IOException($"The result of {id} was written to {Store.Root}, and what is read there is something else. Check the disk.");
        var now = RunRecord.SteadyDigest(made, planned.Step.Stage);
        var was = before is null ? record.SteadyDigestOf(key) : RunRecord.SteadyDigest(before, planned.Step.Stage);
        if (was is not null && was != now)
        {
            tell(id, new Nondeterministic(was, now, kept));
        }

        return made;
    }

    private DataException? ChangedSource(PlannedStep planned, Exception? inner = null) => setup.Planner.FirstChange(planned) is not { } file ? null : new(
        ProblemCode.SourceChanged,
        $"this file has changed since {planned.Step.Id} was planned. Nothing is published: it would be filed under what the file held before. Leave the file alone and run the same command again; it takes what the file holds then.",
        new TextPlace(file),
        inner);

    private void TellBusy(ScheduledStep scheduled, StepKey key)
    {
        var holder = StoreLock.HolderOf(Store.Root, key);
        if (policy.WhenBusy is WhenBusy.GiveUp)
        {
            throw new DataException(ProblemCode.StoreBusy, $"{key} is being made by {Holder.Name(holder)}. Wait for it, or leave out --no-wait.");
        }

        if (!scheduled.IsBusyTold)
        {
            scheduled.IsBusyTold = true;
            tell(scheduled.Step.Id, new Waiting(key, holder));
        }
    }
}
