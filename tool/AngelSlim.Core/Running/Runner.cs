using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Stages;

namespace AngelSlim.Core.Running;

/// <summary>Whether a step that another process works on is waited for.</summary>
internal enum WhenBusy
{
    /// <summary>Says who has it, and waits.</summary>
    Wait,

    /// <summary>Says who has it, and gives up.</summary>
    GiveUp,
}

/// <summary>Walks the steps, runs those whose result is not in the store, and records everything. Knows no stage by name.</summary>
/// <param name="store">Where results are.</param>
/// <param name="planner">Finds what is there.</param>
/// <param name="observe">Takes what happens, in order.</param>
/// <param name="place">For the record.</param>
/// <param name="whenBusy">What to do about other processes.</param>
/// <param name="clock">Tells the time.</param>
internal sealed class Runner(
    ArtifactStore store, Planner planner, Action<StepEvent> observe, RunPlace place, WhenBusy whenBusy, TimeProvider clock)
{
    /// <summary>Runs all steps.</summary>
    /// <returns>The results, by step.</returns>
    /// <exception cref="DataException">A stage found data that is wrong, the disk is full, the memory is used up, or a step is busy.</exception>
    /// <exception cref="OperationCanceledException">The user stopped it; running again goes on.</exception>
    public IReadOnlyDictionary<string, StoredArtifact> Run(IReadOnlyList<Step> steps, RunRecord record, CancellationToken cancellation)
    {
        try
        {
            return RunAll(steps, record, cancellation);
        }
        catch (Exception failure) when (DiskFull.Caused(failure))
        {
            throw DiskFull.Explained(store.Root, failure);
        }
        catch (Exception failure) when (OutOfMemory.Caused(failure))
        {
            throw OutOfMemory.Explained(store.Root, failure);
        }
    }

    private Dictionary<string, StoredArtifact> RunAll(IReadOnlyList<Step> steps, RunRecord record, CancellationToken cancellation)
    {
        var made = new Dictionary<string, StoredArtifact>();
        var outcome = "failed";
        try
        {
            foreach (var step in StepOrder.Of(steps))
            {
                cancellation.ThrowIfCancellationRequested();
                made[step.Id] = RunStep(step, made, record, cancellation);
            }

            outcome = "made";
            return made;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            outcome = "stopped";
            throw;
        }
        finally
        {
            record.End(outcome);
        }
    }

    private StoredArtifact RunStep(Step step, Dictionary<string, StoredArtifact> made, RunRecord record, CancellationToken cancellation)
    {
        var planned = planner.Look(step, made);
        var started = clock.GetTimestamp();
        var outcome = StepOutcome.Failed;
        StoredArtifact? artifact = null;
        try
        {
            (artifact, outcome) = planned.Found is { } found && !store.Work(found.Key).IsStarted
                ? (found, StepOutcome.Cached)
                : Make(planned, made, record, cancellation);
            record.Keep(artifact, planned, made);
            return artifact;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            outcome = StepOutcome.Stopped;
            throw;
        }
        finally
        {
            var seconds = outcome is StepOutcome.Cached ? 0 : clock.GetElapsedTime(started).TotalSeconds;
            var result = new StepResult(step.Id, step.Stage.Name, outcome, seconds) { Folder = artifact?.Folder, Digest = artifact?.Listing.Digest.Hex };
            Tell(step.Id, new Ended(result));
            record.Keep(result, planned);
        }
    }

    /// <summary>Makes a result, or takes the one that another process made while this one waited.</summary>
    private (StoredArtifact Artifact, StepOutcome Outcome) Make(
        PlannedStep planned, Dictionary<string, StoredArtifact> made, RunRecord record, CancellationToken cancellation)
    {
        var (id, key) = (planned.Step.Id, planned.Recipe!.Key);
        using var held = StoreLock.Take(
            store.Root, key, new Holder(place.Pid, place.Host, clock.GetUtcNow()), holder => Busy(planned.Step.Id, key, holder), cancellation);
        if (ChangedSource(planned) is { } changed)
        {
            throw changed;
        }

        var now = store.Find(key);
        if (now.Found is { } found)
        {
            store.ClearWork(key);
            return (found, StepOutcome.Cached);
        }

        if (now.Fault is { } fault)
        {
            Tell(id, new Said($"The result of {id} is damaged ({fault}). It was moved to {store.SetAside(key)} and is made again.", Warning: true));
        }

        Tell(id, new Began(planned.Reason));
        Attempt(planned, made, record, cancellation);
        var artifact = store.Find(key).Found ?? throw new IOException($"The result of {id} was written to {store.Root}, and what is read there is something else. Check the disk.");
        if (record.DiffersFromBefore(artifact, planned.Step.Stage))
        {
            Tell(id, new Said($"{id} gave other bytes than an earlier time, from the same recipe.", Warning: true));
        }

        return (artifact, StepOutcome.Made);
    }

    private void Attempt(PlannedStep planned, Dictionary<string, StoredArtifact> made, RunRecord record, CancellationToken cancellation)
    {
        var (step, key) = (planned.Step, planned.Recipe!.Key);
        var attempt = record.BeginAttempt(step.Id, key);
        var started = clock.GetTimestamp();
        try
        {
            if (!store.Work(key).IsSealed)
            {
                RunOnOneContent(planned, made, new Reporting(store.Work(key), attempt, record), cancellation);
            }

            var making = new Making(clock.GetUtcNow(), Math.Round(clock.GetElapsedTime(started).TotalSeconds, 3), place.Tool) { Threads = [.. store.Work(key).ReadThreads().Distinct()] };
            foreach (var _ in store.Publish(key, planned.Recipe.Text, making))
            {
            }

            record.EndAttempt(attempt, StepOutcome.Made);
        }
        catch (Exception failure)
        {
            var stopped = failure is OperationCanceledException && cancellation.IsCancellationRequested;
            record.EndAttempt(attempt, stopped ? StepOutcome.Stopped : StepOutcome.Failed, failure.ToString());
            throw;
        }
    }

    /// <summary>Runs the stage. When a source did not stay the same to the end, its work is thrown away: it may be made of what the key does not speak of.</summary>
    private void RunOnOneContent(PlannedStep planned, Dictionary<string, StoredArtifact> made, Reporting reporting, CancellationToken cancellation)
    {
        void Judge(Exception? failure)
        {
            if (ChangedSource(planned, failure) is { } changed)
            {
                store.ClearWork(planned.Recipe!.Key);
                throw changed;
            }
        }

        try
        {
            RunStage(planned.Step, made, reporting, cancellation);
        }
        catch (Exception failure)
        {
            Judge(failure);
            throw;
        }

        Judge(failure: null);
    }

    private DataException? ChangedSource(PlannedStep planned, Exception? inner = null) => planner.FirstChange(planned) is not { } file ? null : new(
        ProblemCode.SourceChanged,
        $"this file has changed since {planned.Step.Id} was planned. Nothing is published: it would be filed under what the file held before. Leave the file alone and run the same command again; it takes what the file holds then.",
        new TextPlace(file),
        inner);

    private void RunStage(Step step, Dictionary<string, StoredArtifact> made, Reporting reporting, CancellationToken cancellation)
    {
        var work = reporting.Work;
        work.Create();
        using var journal = Journal.Open(work.Journal);
        using var log = new RunLog(work.Log);
        var turns = new Lock();
        void Report(RunEvent happened)
        {
            // Stages may report from several threads.
            lock (turns)
            {
                log.Write(new StepEvent(step.Id, clock.GetUtcNow(), happened));
                Tell(step.Id, happened);
                if (happened is Measured measured)
                {
                    reporting.Record.Keep(reporting.Attempt, measured);
                }
            }
        }

        if (work.NoteThreads(place.Threads) is { } before && before != place.Threads && step.Stage.Device is not null)
        {
            Report(new Said($"{step.Id} goes on with {place.Threads} threads; it was stopped with {before}. Sums of floats depend on the number of threads, so that other bytes may come out than from either alone. --threads {before} keeps to it.", Warning: true));
        }

        step.Stage.Run(step.Settings, StageInputs.Bind(step, made), new StageContext(work.Output, work.Scratch, journal, Report, cancellation));
    }

    private void Busy(string id, StepKey key, Holder? holder)
    {
        var who = $"{key} is being made by {(holder is null ? "another process" : holder.ToString())}";
        if (whenBusy is WhenBusy.GiveUp)
        {
            throw new DataException(ProblemCode.StoreBusy, $"{who}. Wait for it, or leave out --no-wait.");
        }

        Tell(id, new Said($"{who}; waiting for it."));
    }

    private void Tell(string id, RunEvent happened) => observe(new StepEvent(id, clock.GetUtcNow(), happened));

    /// <summary>Where an attempt leaves its traces.</summary>
    private sealed record Reporting(WorkFolder Work, long Attempt, RunRecord Record);
}
