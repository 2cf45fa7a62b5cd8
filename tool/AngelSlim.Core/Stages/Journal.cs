using AngelSlim.Core.Artifacts;

namespace AngelSlim.Core.Stages;

/// <summary>The items of a stage that are done and on disk, one line each; a torn last line is not an item.</summary>
/// <remarks>
/// Append-only. <see cref="Add"/> returns only after the line has reached the disk, so whatever the line speaks of must
/// have been flushed before. One writer; the step's lock sees to that.
/// </remarks>
public sealed class Journal : IDisposable
{
    private readonly FileStream _file;
    private readonly List<string> _items = [];

    private Journal(FileStream file) => _file = file;

    /// <summary>What is done, in order.</summary>
    public IReadOnlyList<string> Items => _items;

    /// <summary>Opens or makes the journal, and cuts off a line that a kill left unfinished.</summary>
    public static Journal Open(string path)
    {
        var journal = new Journal(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read));
        var bytes = new byte[journal._file.Length];
        journal._file.ReadExactly(bytes);
        var whole = Array.LastIndexOf(bytes, (byte)'\n') + 1;
        journal._file.SetLength(whole);
        journal._file.Seek(0, SeekOrigin.End);
        var text = System.Text.Encoding.UTF8.GetString(bytes, 0, whole);
        Durable.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        journal._items.AddRange(text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        return journal;
    }

    /// <summary>Marks an item as done.</summary>
    /// <param name="item">One line: an id, or a small JSON object.</param>
    public void Add(string item)
    {
        if (item.Contains('\n', StringComparison.Ordinal))
        {
            throw new ArgumentException("An item is one line.", nameof(item));
        }

        _file.Write(System.Text.Encoding.UTF8.GetBytes(item + "\n"));
        _file.Flush(flushToDisk: true);
        _items.Add(item);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
