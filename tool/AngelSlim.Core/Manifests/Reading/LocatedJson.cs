using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace AngelSlim.Core.Manifests.Reading;

/// <summary>Parses JSON into values with places. Comments and trailing commas are allowed; size and depth are bounded.</summary>
internal sealed class LocatedJson
{
    /// <summary>In bytes; a manifest is written by hand.</summary>
    public const int LargestFile = 1 << 20;

    /// <summary>Objects and lists within one another.</summary>
    public const int Deepest = 32;

    private readonly string _file;
    private readonly byte[] _utf8;

    // Tokens come in the order of the file, so that finding all their places costs one walk over it.
    private int _offset;
    private int _line = 1;
    private int _column = 1;

    private LocatedJson(byte[] utf8, string file) => (_utf8, _file) = (utf8, file);

    /// <summary>Reads a file whole.</summary>
    /// <exception cref="UserException">It is not there, too large, or not JSON.</exception>
    public static LocatedValue ReadFile(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var utf8 = new byte[LargestFile + 1];
            var length = stream.ReadAtLeast(utf8, utf8.Length, throwOnEndOfStream: false);
            return length <= LargestFile
                ? Parse(utf8[..length], path)
                : throw new UserException(ProblemCode.NotJson, $"The manifest is larger than {LargestFile} bytes. Is it another file?", new TextPlace(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UserException(ProblemCode.MissingFile, $"The manifest cannot be read: {exception.Message}", new TextPlace(path));
        }
    }

    /// <summary>Parses a text.</summary>
    /// <param name="utf8">With or without a byte order mark.</param>
    /// <param name="file">For the places.</param>
    /// <exception cref="UserException">It is not JSON, or deeper than <see cref="Deepest"/>.</exception>
    public static LocatedValue Parse(byte[] utf8, string file)
    {
        var isMarked = utf8 is [0xEF, 0xBB, 0xBF, ..];
        return new LocatedJson(isMarked ? utf8[3..] : utf8, file).Root();
    }

    private LocatedValue Root()
    {
        RefuseWhatIsNotUtf8();
        var reader = new Utf8JsonReader(_utf8, new JsonReaderOptions
        {
            CommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
            MaxDepth = Deepest,
        });
        try
        {
            reader.Read();
            var root = Value(ref reader);

            // Anything but white space and comments makes this throw.
            reader.Read();
            return root;
        }
        catch (JsonException exception)
        {
            throw NotJson(exception);
        }
    }

    private LocatedValue Value(ref Utf8JsonReader reader)
    {
        var place = Place(reader.TokenStartIndex);
        return reader.TokenType switch
        {
            JsonTokenType.StartObject => new(JsonValueKind.Object, "", place) { Members = Members(ref reader) },
            JsonTokenType.StartArray => new(JsonValueKind.Array, "", place) { Items = Items(ref reader) },
            JsonTokenType.String => new(JsonValueKind.String, Unescaped(ref reader, place), place),
            JsonTokenType.Number => new(JsonValueKind.Number, Encoding.UTF8.GetString(reader.ValueSpan), place),
            JsonTokenType.True => new(JsonValueKind.True, "", place),
            JsonTokenType.False => new(JsonValueKind.False, "", place),
            _ => new(JsonValueKind.Null, "", place),
        };
    }

    private List<LocatedMember> Members(ref Utf8JsonReader reader)
    {
        var members = new List<LocatedMember>();
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndObject)
        {
            var place = Place(reader.TokenStartIndex);
            var name = Unescaped(ref reader, place);
            reader.Read();
            members.Add(new(name, place, Value(ref reader)));
        }

        return members;
    }

    private List<LocatedValue> Items(ref Utf8JsonReader reader)
    {
        var items = new List<LocatedValue>();
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            items.Add(Value(ref reader));
        }

        return items;
    }

    private static string Unescaped(ref Utf8JsonReader reader, TextPlace place)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new UserException(ProblemCode.NotJson, "The text has half of a surrogate pair as \\u escape; write the whole pair, or the character itself.", place);
        }
    }

    private void RefuseWhatIsNotUtf8()
    {
        if (Utf8.IsValid(_utf8))
        {
            return;
        }

        var valid = 0;
        while (Rune.DecodeFromUtf8(_utf8.AsSpan(valid), out _, out var length) is System.Buffers.OperationStatus.Done)
        {
            valid += length;
        }

        throw new UserException(ProblemCode.NotJson, $"The byte 0x{_utf8[valid]:X2} is not UTF-8; save the file in UTF-8.", Place(valid));
    }

    private UserException NotJson(JsonException exception)
    {
        // The reader counts lines and bytes from 0; our columns are characters.
        var line = (int)(exception.LineNumber ?? 0);
        var start = 0;
        for (var i = 0; i < line; i++)
        {
            start = Array.IndexOf(_utf8, (byte)'\n', start) + 1;
        }

        var column = Encoding.UTF8.GetCharCount(_utf8, start, Math.Min((int)(exception.BytePositionInLine ?? 0), _utf8.Length - start));
        return new UserException(ProblemCode.NotJson, $"Not JSON: {Shown.Plain(exception.Reason())}", new TextPlace(_file, line + 1, column + 1));
    }

    private TextPlace Place(long offset)
    {
        var passed = _utf8.AsSpan(_offset, (int)offset - _offset);
        var newLines = passed.Count((byte)'\n');
        if (newLines > 0)
        {
            passed = passed[(passed.LastIndexOf((byte)'\n') + 1)..];
            _line += newLines;
            _column = 1;
        }

        _column += Encoding.UTF8.GetCharCount(passed);
        _offset = (int)offset;
        return new TextPlace(_file, _line, _column);
    }
}
