using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Stages;

namespace AngelSlim.Core.Running;

/// <summary>Runs a stage in a folder, and writes down there what happens.</summary>
/// <param name="setup">Where.</param>
/// <param name="tell">Takes what happens, by step.</param>
internal sealed class StageRunner(RunSetup setup, Action<string, RunEvent> tell)
{
    /// <summary>Runs it to its end.</summary>
    /// <param name="step">What is done.</param>
    /// <param name="inputs">Of the type <see cref="IStage.Inputs"/>.</param>
    /// <param name="work">Where; goes on with what is there.</param>
    /// <param name="measured">Takes numbers worth keeping.</param>
    /// <param name="cancellation">The user wants to stop.</param>
    public void Run(Step step, object inputs, WorkFolder work, Action<Measured> measured, CancellationToken cancellation)
    {
        work.Create();
        using var journal = Journal.Open(work.Journal);
        using var log = new RunLog(work.Log);
        var turns = new Lock();
        void Report(RunEvent happened)
        {
            // Stages may report from several threads.
            lock (turns)
            {
                log.Write(new StepEvent(step.Id, setup.Clock.GetUtcNow(), happened));
                if (happened is Measured figure)
                {
                    measured(figure);
                }

                tell(step.Id, happened);
            }
        }

        var threads = setup.Place.Threads;
        if (work.NoteThreads(threads) is { } before && before != threads && step.Stage.Device is not null)
        {
            Report(new Said($"{step.Id} goes on with {threads} threads; it was stopped with {before}. Sums of floats depend on the number of threads, so that other bytes may come out than from either alone. --threads {before} keeps to it.", Warning: true));
        }

        try
        {
            step.Stage.Run(step.Settings, inputs, new StageContext(work.Output, work.Scratch, journal, Report, cancellation));
        }
        catch (Exception failure) when (!(failure is OperationCanceledException && cancellation.IsCancellationRequested))
        {
            Note(log, step, failure);
            throw;
        }
    }

    /// <summary>A failure as the user is told of it: with what to do, or as a bug with the place of its trace.</summary>
    /// <param name="stepId">Which step failed.</param>
    /// <param name="root">The store.</param>
    /// <param name="work">Where its work was done; null when it did not get that far.</param>
    /// <param name="failure">What was thrown.</param>
    public static Exception Explained(string stepId, string root, WorkFolder? work, Exception failure)
    {
        if (DiskFull.Caused(failure))
        {
            return DiskFull.Explained(root, failure);
        }

        if (OutOfMemory.Caused(failure))
        {
            return OutOfMemory.Explained(root, failure);
        }

        return IsExpected(failure) ? failure : new StageFault(stepId, work?.Log, failure);
    }

    /// <summary>These say themselves what is wrong; every other is a bug.</summary>
    private static bool IsExpected(Exception failure) => failure is DataException or UserException or IOException or UnauthorizedAccessException;

    private void Note(RunLog log, Step step, Exception failure)
    {
        var failed = new Failed(failure.Message, IsExpected(failure) ? null : failure.ToString());
        try
        {
            log.Write(new StepEvent(step.Id, setup.Clock.GetUtcNow(), failed));
        }
        catch (IOException)
        {
            // A full disk takes no line either; the failure itself is what matters.
        }

        tell(step.Id, failed);
    }
}
