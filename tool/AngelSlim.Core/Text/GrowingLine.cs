namespace AngelSlim.Core.Text;

/// <summary>The bytes of a row as they come in; those beyond the bound are not kept.</summary>
/// <param name="longest">The bound.</param>
internal sealed class GrowingLine(int longest)
{
    private readonly MemoryStream _bytes = new();
    private bool _tooLong;

    /// <summary>There is nothing but white space so far.</summary>
    public bool IsBlank { get; private set; } = true;

    /// <summary>Adds bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        IsBlank &= bytes.IndexOfAnyExcept(" \t\r\n"u8) < 0;
        _tooLong |= _bytes.Length + bytes.Length > longest;
        if (!_tooLong)
        {
            _bytes.Write(bytes);
        }
    }

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        _bytes.SetLength(0);
        (_tooLong, IsBlank) = (false, true);
    }

    /// <summary>The bytes, valid until more come; null when there are too many.</summary>
    /// <param name="isFirst">A byte order mark may stand before them.</param>
    public ReadOnlyMemory<byte>? Content(bool isFirst)
    {
        if (_tooLong)
        {
            return null;
        }

        var bytes = _bytes.GetBuffer().AsMemory(0, (int)_bytes.Length);
        return isFirst && bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
    }
}
