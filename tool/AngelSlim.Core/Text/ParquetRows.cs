using System.Collections;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using AngelSlim.Core.Manifests;
using Parquet;
using Parquet.Serialization;

namespace AngelSlim.Core.Text;

/// <summary>The rows of a Parquet file, as the JSON objects that the same rows would be in JSONL: <c>datasets</c> keeps conversations so. A row group at a time is in memory.</summary>
/// <remarks>A member that is null is left out: a column has its members in every row, and what a message does not have is null there.</remarks>
internal static class ParquetRows
{
    private static readonly byte[] Magic = "PAR1"u8.ToArray();

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The file begins as Parquet files do.</summary>
    public static bool IsOne(string path)
    {
        using var file = File.OpenRead(path);
        var start = new byte[Magic.Length];
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.AsSpan().SequenceEqual(Magic);
    }

    /// <summary>How many rows there are, as the file says.</summary>
    /// <exception cref="DataException">The file cannot be read.</exception>
    public static long Count(string path)
    {
        using var file = File.OpenRead(path);
        return Sound(path, () => ParquetReader.CreateAsync(file)).Metadata?.NumRows ?? 0;
    }

    /// <summary>The rows; the line of a place is the row's number, from 1.</summary>
    /// <param name="path">The file.</param>
    /// <param name="longest">Bytes that a row may have as JSON.</param>
    /// <exception cref="DataException">The file cannot be read.</exception>
    public static IEnumerable<JsonLine> Read(string path, int longest)
    {
        using var file = File.OpenRead(path);
        var groups = Sound(path, () => ParquetReader.CreateAsync(file)).RowGroupCount;
        var number = 0;
        using var json = new MemoryStream();
        for (var group = 0; group < groups; group++)
        {
            var at = group;
            foreach (var row in Sound(path, () => ParquetSerializer.DeserializeUntypedAsync(file, rowGroupIndex: at)).Data)
            {
                json.SetLength(0);
                using (var writer = new Utf8JsonWriter(json, Plain))
                {
                    Write(writer, row);
                }

                yield return new JsonLine(new TextPlace(path, ++number), json.Length <= longest ? json.GetBuffer().AsMemory(0, (int)json.Length) : default(ReadOnlyMemory<byte>?));
            }
        }
    }

    /// <summary>What a damaged file makes the library throw is of every kind.</summary>
    private static T Sound<T>(string path, Func<Task<T>> read)
    {
        try
        {
            return read().GetAwaiter().GetResult();
        }
        catch (Exception failure) when (failure is not DataException)
        {
            throw new DataException(ProblemCode.BadRow, $"not a Parquet file that can be read: {failure.Message.TrimEnd('.')}; write it anew, with Snappy, Zstandard, gzip or no compression, or bring JSONL", new TextPlace(path), failure);
        }
    }

    private static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case ReadOnlyMemory<char> text:
                writer.WriteStringValue(text.Span);
                break;
            case bool truth:
                writer.WriteBooleanValue(truth);
                break;
            case IDictionary<string, object?> members:
                WriteMembers(writer, members);
                break;
            case sbyte or byte or short or ushort or int or uint or long or ulong:
                writer.WriteRawValue(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture));
                break;
            case float or double when double.IsFinite(Convert.ToDouble(value, CultureInfo.InvariantCulture)):
                writer.WriteNumberValue(Convert.ToDouble(value, CultureInfo.InvariantCulture));
                break;
            case IEnumerable items and not byte[]:
                writer.WriteStartArray();
                foreach (var item in items)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                // Times, decimals and the like are no text of a conversation; as texts they are at least not lost.
                writer.WriteStringValue(value is byte[] bytes ? Convert.ToBase64String(bytes) : Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static void WriteMembers(Utf8JsonWriter writer, IDictionary<string, object?> members)
    {
        writer.WriteStartObject();
        foreach (var (name, member) in members)
        {
            if (member is not null)
            {
                writer.WritePropertyName(name);
                Write(writer, member);
            }
        }

        writer.WriteEndObject();
    }
}
