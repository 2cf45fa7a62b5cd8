using System.Globalization;
using System.Text;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Reporting;

namespace AngelSlim.Torch.Training;

/// <summary>A table whose lines begin with the step that they speak of; steps ascend.</summary>
/// <remarks>What is kept is never written again: only what lies behind it is cut off, so no number of kills loses a line of it.</remarks>
internal sealed class StepTable : IDisposable
{
    private readonly FileStream _file;

    private StepTable(FileStream file, int lastStep) => (_file, LastStep) = (file, lastStep);

    /// <summary>Its file.</summary>
    public string Path => _file.Name;

    /// <summary>Of the last line; 0 where there is none.</summary>
    public int LastStep { get; private set; }

    /// <summary>Opens or makes the table.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="header">Names of the columns; a table without all of it is begun again.</param>
    /// <param name="taken">Lines of later steps are cut off, and a line that is not whole.</param>
    public static StepTable Open(string path, string header, int taken)
    {
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        var head = Encoding.UTF8.GetBytes(header + "\n");
        var (kept, lastStep) = bytes.AsSpan().StartsWith(head) ? Kept(bytes, head.Length, taken) : (0, 0);
        file.SetLength(kept);
        file.Seek(0, SeekOrigin.End);
        if (kept is 0)
        {
            file.Write(head);
            file.Flush(flushToDisk: true);
            Durable.FlushFolder(System.IO.Path.GetDirectoryName(path)!);
        }

        return new(file, lastStep);
    }

    /// <summary>Adds a line.</summary>
    public void Add(int step, IEnumerable<object> cells)
    {
        LastStep = step;
        _file.Write(Encoding.UTF8.GetBytes(CsvLine.Write(cells.Prepend(step)) + "\n"));
    }

    /// <summary>Returns when everything is on the disk.</summary>
    public void Flush() => _file.Flush(flushToDisk: true);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>Bytes up to the last whole line that is not behind a step, and the step of that line.</summary>
    private static (int Bytes, int LastStep) Kept(byte[] table, int from, int taken)
    {
        var last = 0;
        while (Array.IndexOf(table, (byte)'\n', from) is var end and >= 0 && StepOf(table.AsSpan(from, end - from)) is var step && step <= taken)
        {
            (from, last) = (end + 1, step);
        }

        return (from, last);
    }

    private static int StepOf(ReadOnlySpan<byte> line) =>
        int.TryParse(line[..Math.Max(0, line.IndexOf((byte)','))], CultureInfo.InvariantCulture, out var step) ? step : int.MaxValue;
}
