using System.Text.Json;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Text;

/// <summary>A row of a data file: a line of JSONL that is not blank, an item of a JSON list, or a row of a Parquet file.</summary>
/// <param name="Place">File and line; of an item where it begins, of a Parquet file the row's number.</param>
/// <param name="Utf8">Its bytes, valid until the next row is read; null when there are none that could be read.</param>
internal readonly record struct JsonLine(TextPlace Place, ReadOnlyMemory<byte>? Utf8)
{
    /// <summary>What to do when the line cannot be used.</summary>
    public string Advice { get; init; } = BadRow.MendOrSkip;

    /// <summary>Why there are no bytes.</summary>
    public string Fault { get; init; } = "longer than allowed";

    /// <summary>The failure for a line that cannot be used.</summary>
    public DataException Bad(string why, Exception? inner = null) => new(ProblemCode.BadRow, $"{why}; {Advice}", Place, inner);

    /// <summary>The line's object.</summary>
    /// <exception cref="DataException">It is too long, no JSON, no object, or has a member twice.</exception>
    public JsonDocument Parse()
    {
        try
        {
            var document = JsonDocument.Parse(Utf8 ?? throw Bad(Fault), new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind is JsonValueKind.Object)
            {
                return document;
            }

            var kind = document.RootElement.ValueKind;
            document.Dispose();
            throw Bad($"expected one JSON object a row, found {kind}");
        }
        catch (InvalidOperationException failure)
        {
            // Names are compared while the row is parsed, and one may hold half a character.
            throw Bad("a text is not valid Unicode", failure);
        }
        catch (JsonException failure)
        {
            // The parser counts from the row's beginning.
            var (line, column) = ((int)(failure.LineNumber ?? 0), (int)(failure.BytePositionInLine ?? 0) + 1);
            throw (this with { Place = Place with { Line = Place.Line + line, Column = line is 0 ? Math.Max(Place.Column - 1, 0) + column : column } }).Bad("not JSON: " + failure.Reason(), failure);
        }
    }
}

/// <summary>Reads JSONL line by line, a JSON list item by item, and Parquet by row groups: a file of any size needs no more memory than its longest row or group. Which of the three it is, its first bytes say.</summary>
internal static class JsonLines
{
    /// <summary>Bytes that a line may have.</summary>
    public const int LongestLine = 32 << 20;

    private const int ReadSize = 1 << 16;

    /// <summary>All rows; lines are numbered from 1, blank ones are none. A byte order mark is skipped.</summary>
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

        var rows = ParquetRows.IsOne(path) ? ParquetRows.Read(path, longest)
            : JsonList.IsOne(path) ? JsonList.Read(path, longest)
            : ReadLines(path, longest);
        return rows.Select(line => line with { Advice = advice });
    }

    /// <summary>How many rows <see cref="Read"/> gives, of which there must be one.</summary>
    /// <exception cref="DataException">There is none.</exception>
    public static long Count(string path)
    {
        var rows = File.Exists(path) && ParquetRows.IsOne(path) ? ParquetRows.Count(path) : Read(path).LongCount();
        return rows > 0
            ? rows
            : throw new DataException(ProblemCode.NoRows, "there is no row in it; expected one conversation a line, or a JSON list of them. Mend it, or leave it out of the manifest.", new TextPlace(path));
    }

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
}
