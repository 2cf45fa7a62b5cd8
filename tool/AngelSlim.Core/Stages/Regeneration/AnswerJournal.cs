using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AngelSlim.Core.Artifacts;

namespace AngelSlim.Core.Stages.Regeneration;

/// <summary>Rows that have their answers, on disk in the order in which they came, each with its key and a digest. What a kill or a power cut left unfinished is no row.</summary>
/// <remarks>
/// Not the step's <see cref="Journal"/>: that one keeps its items in memory and waits for the disk with each of them, and here an item
/// is a conversation. Only where each row lies is in memory. A row of which the disk has not been waited for is at worst
/// asked for again.
/// </remarks>
internal sealed class AnswerJournal : IDisposable
{
    private const int KeyLength = 32;
    private const int CheckLength = 16;
    private const int HeadLength = KeyLength + 1 + CheckLength + 1;
    private const int RowsBetweenFlushes = 64;

    private readonly FileStream _file;
    private readonly Dictionary<UInt128, (long Offset, int Length)> _rows = [];
    private readonly Lock _turns = new();
    private int _unflushed;

    private AnswerJournal(FileStream file) => _file = file;

    /// <summary>How many rows there are.</summary>
    public int Count
    {
        get
        {
            lock (_turns)
            {
                return _rows.Count;
            }
        }
    }

    /// <summary>Opens or makes it, and cuts off what is behind the last whole row.</summary>
    /// <param name="path">The file.</param>
    public static AnswerJournal Open(string path)
    {
        var journal = new AnswerJournal(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read));
        journal._file.SetLength(journal.Find());
        journal._file.Seek(0, SeekOrigin.End);
        Durable.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        return journal;
    }

    /// <summary>There is a row with this key.</summary>
    public bool Has(UInt128 key)
    {
        lock (_turns)
        {
            return _rows.ContainsKey(key);
        }
    }

    /// <summary>Appends a row; one that is there already stays as it is.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="line">JSON without a line end.</param>
    /// <returns>Whether it is new.</returns>
    public bool Add(UInt128 key, ReadOnlySpan<byte> line)
    {
        var whole = new byte[HeadLength + line.Length + 1];
        Encoding.ASCII.GetBytes($"{AskedRow.Text(key)} {Check(key, line)} ").CopyTo(whole, 0);
        line.CopyTo(whole.AsSpan(HeadLength));
        whole[^1] = (byte)'\n';
        lock (_turns)
        {
            if (!_rows.TryAdd(key, (_file.Position + HeadLength, line.Length)))
            {
                return false;
            }

            _file.Write(whole);
            _file.Flush(flushToDisk: ++_unflushed % RowsBetweenFlushes is 0);
            return true;
        }
    }

    /// <summary>A row's line.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>Null when there is none.</returns>
    public byte[]? Line(UInt128 key)
    {
        lock (_turns)
        {
            if (!_rows.TryGetValue(key, out var row))
            {
                return null;
            }

            var line = new byte[row.Length];
            for (var read = 0; read < line.Length;)
            {
                var count = RandomAccess.Read(_file.SafeFileHandle, line.AsSpan(read), row.Offset + read);
                read += count > 0 ? count : throw new EndOfStreamException($"{_file.Name} became shorter while it was read.");
            }

            return line;
        }
    }

    /// <summary>Waits for the disk.</summary>
    public void Flush()
    {
        lock (_turns)
        {
            _file.Flush(flushToDisk: true);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>Finds the rows that are whole.</summary>
    /// <returns>Where the last one ends.</returns>
    private long Find()
    {
        var (line, chunk, start) = (new ArrayBufferWriter<byte>(), new byte[1 << 16], 0L);
        for (var count = _file.Read(chunk); count > 0; count = _file.Read(chunk))
        {
            var rest = chunk.AsSpan(0, count);
            for (var end = rest.IndexOf((byte)'\n'); end >= 0; end = rest.IndexOf((byte)'\n'))
            {
                line.Write(rest[..end]);
                if (!Take(line.WrittenSpan, start))
                {
                    return start;
                }

                start += line.WrittenCount + 1;
                line.ResetWrittenCount();
                rest = rest[(end + 1)..];
            }

            line.Write(rest);
        }

        return start;
    }

    private bool Take(ReadOnlySpan<byte> line, long start)
    {
        if (line.Length < HeadLength || !UInt128.TryParse(line[..KeyLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var key)
            || !line[(KeyLength + 1)..(HeadLength - 1)].SequenceEqual(Encoding.ASCII.GetBytes(Check(key, line[HeadLength..]))))
        {
            return false;
        }

        _rows[key] = (start + HeadLength, line.Length - HeadLength);
        return true;
    }

    private static string Check(UInt128 key, ReadOnlySpan<byte> line)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes(AskedRow.Text(key)));
        hash.AppendData(line);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..CheckLength];
    }
}
