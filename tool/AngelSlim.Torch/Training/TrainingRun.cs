using System.Diagnostics;
using System.Globalization;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Stages;

namespace AngelSlim.Torch.Training;

/// <summary>A training from where it stands to its end: tables, held-out figures, checkpoints, progress.</summary>
/// <param name="trainer">At step 0.</param>
/// <param name="settings">How often.</param>
/// <param name="context">Tables go into its output, checkpoints into its scratch folder.</param>
/// <param name="snapshots">Keeps the best drafts.</param>
internal sealed class TrainingRun(Trainer trainer, TrainingSettings settings, StageContext context, Snapshots snapshots)
{
    private long _tokens;

    /// <summary>Takes the steps that are missing.</summary>
    /// <exception cref="DataException">The training diverged.</exception>
    /// <exception cref="OperationCanceledException">The user wants to stop; the checkpoint has the last step.</exception>
    public void Finish()
    {
        Checkpoint.Restore(context.Scratch, trainer);
        using var curve = TrainingCurve.Open(context.Output, settings.Unroll, settings.StepDecay, trainer.Taken);
        try
        {
            Finish(curve);
        }
        catch (OperationCanceledException)
        {
            Save(curve);
            throw;
        }

        curve.Flush();
    }

    /// <remarks>Held-out rows are judged behind the checkpoint of their step: a kill meanwhile costs no step, and a run that goes on judges them if their line is missing.</remarks>
    private void Finish(TrainingCurve curve)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            if (IsDue(settings.EvaluateEvery) && curve.Evaluated != trainer.Taken)
            {
                Evaluate(curve);
            }

            if (trainer.Taken == trainer.Steps || HasStalled(curve))
            {
                return;
            }

            context.Cancellation.ThrowIfCancellationRequested();
            var report = trainer.Next();
            curve.Add(report);
            _tokens += report.Tokens;
            Report(report, Stopwatch.GetElapsedTime(start));
            if (IsDue(settings.CheckpointEvery))
            {
                Save(curve);
            }
        }
    }

    private bool HasStalled(TrainingCurve curve) =>
        settings.Patience is { } patience && IsDue(settings.EvaluateEvery) && curve.Heldout.HasStalledFor(patience);

    private bool IsDue(int every) => trainer.Taken > 0 && (trainer.Taken % every == 0 || trainer.Taken == trainer.Steps);

    private void Save(TrainingCurve curve)
    {
        curve.Flush();
        Checkpoint.Save(context.Scratch, trainer);
    }

    private void Evaluate(TrainingCurve curve)
    {
        var figures = trainer.Evaluate(context.Cancellation);
        if (figures.Steps[0].Gated is 0)
        {
            return;
        }

        // First the draft, then the line: a draft whose line is missing is made again.
        snapshots.Take(trainer.Taken);
        curve.Add(trainer.Taken, figures);
        snapshots.KeepBest(curve.Heldout);
        context.Report(new Measured("heldout.loss", figures.Weighted(settings.StepDecay) / Math.Max(1, figures.Steps[0].Counted), trainer.Taken));
        context.Report(new Measured("heldout.acceptanceLength", figures.AcceptanceLength, trainer.Taken));
    }

    private void Report(StepReport report, TimeSpan elapsed)
    {
        context.Report(new Measured("loss", report.Loss, report.Step));
        var detail = string.Create(
            CultureInfo.InvariantCulture,
            $"loss {report.Loss:0.000}, accuracy {report.Figures.Steps[0].Accuracy:0.000}, {_tokens / Math.Max(elapsed.TotalSeconds, 1e-3):0} tokens/s");
        context.Report(new Progressed(report.Step, trainer.Steps, "steps") { Detail = detail });
    }
}
