using System.Text.Json;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Text;

/// <summary>One line of a JSONL file that is not blank.</summary>
/// <param name="Place">File and line.</param>
/// <param name="Utf8">Its bytes, valid until the next line is read; null when the line is longer than allowed.</param>
internal readonly record struct JsonLine(TextPlace Place, ReadOnlyMemory<byte>? Utf8)
{
    /// <summary>What to do when the line cannot be used.</summary>
    public string Advice { get; init; } = BadRow.MendOrSkip;

    /// <summary>The failure for a line that cannot be used.</summary>
    public DataException Bad(string why, Exception? inner = null) => new(ProblemCode.BadRow, $"{why}; {Advice}", Place, inner);

    /// <summary>The line's object.</summary>
    /// <exception cref="DataException">It is too long, no JSON, no object, or has a member twice.</exception>
    public JsonDocument Parse()
    {
        try
        {
            var document = JsonDocument.Parse(Utf8 ?? throw Bad("longer than allowed"), new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind is JsonValueKind.Object)
            {
                return document;
            }

            var kind = document.RootElement.ValueKind;
            document.Dispose();
            throw Bad($"expected one JSON object a line, found {kind}");
        }
        catch (JsonException failure)
        {
            throw (this with { Place = Place with { Column = (int)(failure.BytePositionInLine ?? 0) + 1 } }).Bad("not JSON: " + failure.Reason(), failure);
        }
    }
}

/// <summary>Reads JSONL line by line: a file of any size needs no more memory than its longest line.</summary>
internal static class JsonLines
{
    /// <summary>Bytes that a line may have.</summary>
    public const int LongestLine = 32 << 20;

    private const int ReadSize = 1 << 16;

    /// <summary>All lines that are not blank, numbered from 1. A byte order mark is skipped.</summary>
    /// <param name="path">The file.</param>
    /// <param name="advice">What to do about a line that cannot be used.</param>
    /// <param name="longest">Bytes that a line may have.</param>
    /// <exception cref="DataException">The file is not there.</exception>
    public static IEnumerable<JsonLine> Read(string path, string advice = BadRow.MendOrSkip, int longest = LongestLine)
    {
        if (!File.Exists(path))
        {
            throw new DataException(ProblemCode.MissingFile, $"'{path}' does not exist", new TextPlace(path));
        }

        return ReadLines(path, longest).Select(line => line with { Advice = advice });
    }

    /// <summary>How many lines <see cref="Read"/> gives.</summary>
    public static long Count(string path) => Read(path).LongCount();

    private static IEnumerable<JsonLine> ReadLines(string path, int longest)
    {
        using var file = File.OpenRead(path);
        var line = new GrowingLine(longest);
        var chunk = new byte[ReadSize];
        var number = 1;
        for (var read = file.Read(chunk); read > 0; read = file.Read(chunk))
        {
            var from = 0;
            for (var end = Array.IndexOf(chunk, (byte)'\n', 0, read); end >= 0; end = Array.IndexOf(chunk, (byte)'\n', from, read - from))
            {
                line.Add(chunk.AsSpan(from, end - from));
                if (!line.IsBlank)
                {
                    yield return new JsonLine(new TextPlace(path, number), line.Content(isFirst: number is 1));
                }

                line.Clear();
                number++;
                from = end + 1;
            }

            line.Add(chunk.AsSpan(from, read - from));
        }

        if (!line.IsBlank)
        {
            yield return new JsonLine(new TextPlace(path, number), line.Content(isFirst: number is 1));
        }
    }

    /// <summary>The bytes of a line as they come in; those beyond the bound are counted, not kept.</summary>
    private sealed class GrowingLine(int longest)
    {
        private readonly MemoryStream _bytes = new();
        private bool _tooLong;

        public bool IsBlank { get; private set; } = true;

        public void Add(ReadOnlySpan<byte> bytes)
        {
            IsBlank &= bytes.IndexOfAnyExcept(" \t\r"u8) < 0;
            _tooLong |= _bytes.Length + bytes.Length > longest;
            if (!_tooLong)
            {
                _bytes.Write(bytes);
            }
        }

        public void Clear()
        {
            _bytes.SetLength(0);
            (_tooLong, IsBlank) = (false, true);
        }

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
}
