using System.Globalization;
using AngelSlim.Torch.Objectives;

namespace AngelSlim.Torch.Training;

/// <summary>The run's two tables: <c>curve.csv</c>, one line per step, and <c>heldout.csv</c>, one line per evaluation.</summary>
/// <remarks>Lines are on the disk before a checkpoint speaks of their steps; a run that goes on cuts off what lies behind its checkpoint.</remarks>
internal sealed class TrainingCurve : IDisposable
{
    private readonly FileStream _curve;
    private readonly FileStream _heldout;
    private readonly double _decay;

    private TrainingCurve(FileStream curve, FileStream heldout, double decay) => (_curve, _heldout, _decay) = (curve, heldout, decay);

    /// <summary>Opens or makes the tables.</summary>
    /// <param name="folder">Where they are.</param>
    /// <param name="unroll">Unroll steps: three columns each.</param>
    /// <param name="decay">Weight of a step, for the held-out loss.</param>
    /// <param name="taken">Lines of later steps are cut off.</param>
    public static TrainingCurve Open(string folder, int unroll, double decay, int taken)
    {
        string Columns(string name) => string.Join(',', Enumerable.Range(0, unroll).Select(k => $"{name}_{k}"));
        return new(
            Open(Path.Combine(folder, "curve.csv"), $"step,row,tokens,masked,{Columns("counted")},loss,{Columns("loss")},{Columns("acc")},grad_norm,lr", taken),
            Open(Path.Combine(folder, "heldout.csv"), $"step,loss,acceptance_length,{Columns("counted")},{Columns("loss")},{Columns("acc")}", taken),
            decay);
    }

    /// <summary>Adds a step.</summary>
    public void Add(StepReport report)
    {
        var steps = report.Figures.Steps;
        Write(_curve,
        [
            report.Step, Quoted(string.Join(' ', report.Rows)), report.Tokens, report.Masked, .. steps.Select(step => (object)step.Counted), report.Loss,
            .. steps.Select(step => (object)(step.Sum / report.Divisor)), .. steps.Select(step => (object)step.Accuracy), report.GradientNorm, report.Rate,
        ]);
    }

    /// <summary>Adds an evaluation.</summary>
    /// <param name="step">After which step.</param>
    /// <param name="figures">Over all held-out rows.</param>
    public void Add(int step, UnrollFigures figures)
    {
        var divisor = Math.Max(1, figures.Steps[0].Counted);
        Write(_heldout,
        [
            step, figures.Weighted(_decay) / divisor, figures.AcceptanceLength, .. figures.Steps.Select(found => (object)found.Counted),
            .. figures.Steps.Select(found => (object)(found.Sum / divisor)), .. figures.Steps.Select(found => (object)found.Accuracy),
        ]);
    }

    /// <summary>Returns when everything is on the disk.</summary>
    public void Flush()
    {
        _curve.Flush(flushToDisk: true);
        _heldout.Flush(flushToDisk: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _curve.Dispose();
        _heldout.Dispose();
    }

    private static FileStream Open(string path, string header, int taken)
    {
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        var whole = System.Text.Encoding.UTF8.GetString(bytes, 0, Array.LastIndexOf(bytes, (byte)'\n') + 1);
        var kept = whole.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => int.TryParse(line.Split(',')[0], CultureInfo.InvariantCulture, out var step) && step <= taken);
        file.SetLength(0);
        file.Write(System.Text.Encoding.UTF8.GetBytes(string.Concat(kept.Prepend(header).Select(line => line + "\n"))));
        return file;
    }

    private static void Write(FileStream file, IEnumerable<object> cells)
    {
        var line = string.Join(',', cells.Select(cell => string.Format(CultureInfo.InvariantCulture, cell is double ? "{0:G9}" : "{0}", cell)));
        file.Write(System.Text.Encoding.UTF8.GetBytes(line + "\n"));
    }

    private static string Quoted(string text) =>
        text.AsSpan().ContainsAny(",\"\n\r") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal).ReplaceLineEndings(" ")}\"" : text;
}
