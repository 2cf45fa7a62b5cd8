using AngelSlim.Core.Reporting;
using AngelSlim.Torch.Objectives;

namespace AngelSlim.Torch.Training;

/// <summary>The run's two tables: <c>curve.csv</c>, one line per step, and <c>heldout.csv</c>, one line per evaluation.</summary>
/// <remarks>Lines are on the disk before a checkpoint speaks of their steps; a run that goes on cuts off what lies behind its checkpoint.</remarks>
internal sealed class TrainingCurve : IDisposable
{
    private readonly StepTable _curve;
    private readonly StepTable _heldout;
    private readonly double _decay;

    private TrainingCurve(StepTable curve, StepTable heldout, double decay) => (_curve, _heldout, _decay) = (curve, heldout, decay);

    /// <summary>The step behind which held-out rows were judged last; 0 before the first time.</summary>
    public int Evaluated => _heldout.LastStep;

    /// <summary>What held-out rows said so far.</summary>
    public HeldoutTable Heldout
    {
        get
        {
            // From the file: a run that goes on has nothing else, and both have to come to the same end.
            _heldout.Flush();
            return HeldoutTable.Read(_heldout.Path);
        }
    }

    /// <summary>Opens or makes the tables.</summary>
    /// <param name="folder">Where they are.</param>
    /// <param name="unroll">Unroll steps: three columns each.</param>
    /// <param name="decay">Weight of a step, for the held-out loss.</param>
    /// <param name="taken">Lines of later steps are cut off.</param>
    public static TrainingCurve Open(string folder, int unroll, double decay, int taken)
    {
        string Columns(string name) => string.Join(',', Enumerable.Range(0, unroll).Select(k => $"{name}_{k}"));
        return new(
            StepTable.Open(Path.Combine(folder, "curve.csv"), $"step,row,tokens,masked,{Columns("counted")},loss,{Columns("loss")},{Columns("acc")},grad_norm,lr", taken),
            StepTable.Open(Path.Combine(folder, "heldout.csv"), $"step,loss,acceptance_length,{Columns("counted")},{Columns("loss")},{Columns("acc")}", taken),
            decay);
    }

    /// <summary>Adds a step.</summary>
    public void Add(StepReport report)
    {
        var steps = report.Figures.Steps;
        _curve.Add(report.Step,
        [
            string.Join(' ', report.Rows), report.Tokens, report.Masked, .. steps.Select(step => (object)step.Counted), report.Loss,
            .. steps.Select(step => (object)(step.Sum / report.Divisor)), .. steps.Select(step => (object)step.Accuracy), report.GradientNorm, report.Rate,
        ]);
    }

    /// <summary>Adds an evaluation.</summary>
    /// <param name="step">After which step.</param>
    /// <param name="figures">Over all held-out rows.</param>
    public void Add(int step, UnrollFigures figures)
    {
        var divisor = Math.Max(1, figures.Steps[0].Counted);
        _heldout.Add(step,
        [
            figures.Weighted(_decay) / divisor, figures.AcceptanceLength, .. figures.Steps.Select(found => (object)found.Counted),
            .. figures.Steps.Select(found => (object)(found.Sum / divisor)), .. figures.Steps.Select(found => (object)found.Accuracy),
        ]);
    }

    /// <summary>Returns when everything is on the disk.</summary>
    public void Flush()
    {
        _curve.Flush();
        _heldout.Flush();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _curve.Dispose();
        _heldout.Dispose();
    }
}
