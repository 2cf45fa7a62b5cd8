using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Text;

/// <summary>Token rows as JSONL: <c>{"id":"…","ids":[…],"mask":"0011"}</c>.</summary>
internal static class TokenRowFile
{
    private const string RunAgain = "the tokenize stage writes this file, so run it again";
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Appends one row and a line end.</summary>
    public static void Write(Stream stream, TokenRow row)
    {
        var buffer = new ArrayBufferWriter<byte>((row.Ids.Length * 7) + 64);
        using (var json = new Utf8JsonWriter(buffer, Compact))
        {
            json.WriteStartObject();
            json.WriteString("id", row.Id);
            json.WriteStartArray("ids");
            foreach (var id in row.Ids)
            {
                json.WriteNumberValue(id);
            }

            json.WriteEndArray();
            json.WriteString("mask", string.Create(row.Mask.Length, row.Mask, static (text, mask) =>
            {
                for (var index = 0; index < mask.Length; index++)
                {
                    text[index] = mask[index] ? '1' : '0';
                }
            }));
            json.WriteEndObject();
        }

        stream.Write(buffer.WrittenSpan);
        stream.WriteByte((byte)'\n');
    }

    /// <summary>Reads the rows one by one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="vocabulary">One more than the largest id that is allowed.</param>
    /// <exception cref="DataException">A row is not of this form, or has ids outside the vocabulary.</exception>
    public static IEnumerable<TokenRow> Read(string path, int vocabulary = int.MaxValue) =>
        JsonLines.Read(path, RunAgain).Select(line => ReadRow(line, vocabulary));

    private static TokenRow ReadRow(JsonLine line, int vocabulary)
    {
        using var document = line.Parse();
        var row = document.RootElement;
        try
        {
            if (!(row.TryGetProperty("id", out var id) && id.ValueKind is JsonValueKind.String && id.GetString() is { Length: > 0 } name)
                || !(row.TryGetProperty("ids", out var ids) && ids.ValueKind is JsonValueKind.Array && ids.GetArrayLength() > 0)
                || !(row.TryGetProperty("mask", out var marks) && marks.ValueKind is JsonValueKind.String && marks.GetString() is { } mask))
            {
                throw Wrong(line, "expected {\"id\": text, \"ids\": [numbers], \"mask\": text of 0 and 1}");
            }

            return mask.Length == ids.GetArrayLength()
                ? new TokenRow(name, Ids(ids, vocabulary, line), [.. mask.Select(mark => Mark(mark, line))])
                : throw Wrong(line, $"{ids.GetArrayLength()} ids, but a mask of {mask.Length}");
        }
        catch (InvalidOperationException failure)
        {
            throw Wrong(line, "a text is not valid Unicode", failure);
        }
    }

    private static int[] Ids(JsonElement json, int vocabulary, JsonLine line)
    {
        var ids = new int[json.GetArrayLength()];
        var index = 0;
        foreach (var item in json.EnumerateArray())
        {
            ids[index++] = item.ValueKind is JsonValueKind.Number && item.TryGetInt32(out var id) && id >= 0 && id < vocabulary
                ? id
                : throw Wrong(line, $"an id must be a whole number from 0 to {vocabulary - 1}, found {item.GetRawText()}");
        }

        return ids;
    }

    private static bool Mark(char mark, JsonLine line) =>
        mark is '0' or '1' ? mark is '1' : throw Wrong(line, $"a mask is made of 0 and 1, found '{mark}'");

    private static DataException Wrong(JsonLine line, string why, Exception? inner = null) => line.Bad("token row: " + why, inner);
}
