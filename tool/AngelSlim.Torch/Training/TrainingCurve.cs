using System.Globalization;
using System.Text;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Reporting;
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
            report.Step, string.Join(' ', report.Rows), report.Tokens, report.Masked, .. steps.Select(step => (object)step.Counted), report.Loss,
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

    /// <remarks>What is kept is never written again: only what lies behind it is cut off, so any number of kills loses no line of it.</remarks>
    private static FileStream Open(string path, string header, int taken)
    {
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        var kept = Kept(bytes, Encoding.UTF8.GetBytes(header + "\n"), taken);
        file.SetLength(kept);
        file.Seek(0, SeekOrigin.End);
        if (kept is 0)
        {
            file.Write(Encoding.UTF8.GetBytes(header + "\n"));
            file.Flush(flushToDisk: true);
            Durable.FlushFolder(Path.GetDirectoryName(path)!);
        }

        return file;
    }

    /// <summary>Bytes of the header and of the whole lines behind it up to a step; 0 where the header is not whole.</summary>
    private static int Kept(byte[] table, byte[] header, int taken)
    {
        if (!table.AsSpan().StartsWith(header))
        {
            return 0;
        }

        var kept = header.Length;
        while (Array.IndexOf(table, (byte)'\n', kept) is var end and >= 0 && StepOf(table.AsSpan(kept, end - kept)) <= taken)
        {
            kept = end + 1;
        }

        return kept;
    }

    private static int StepOf(ReadOnlySpan<byte> line) =>
        int.TryParse(line[..Math.Max(0, line.IndexOf((byte)','))], CultureInfo.InvariantCulture, out var step) ? step : int.MaxValue;

    private static void Write(FileStream file, IEnumerable<object> cells) => file.Write(Encoding.UTF8.GetBytes(CsvLine.Write(cells) + "\n"));
}
