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

    private readonly TextPlace _start;
    private readonly byte[] _utf8;

    // Tokens come in the order of the file, so that finding all their places costs one walk over it.
    private int _offset;
    private int _line;
    private int _column;

    private LocatedJson(byte[] utf8, TextPlace start) => (_utf8, _start, _line, _column) = (utf8, start, start.Line, start.Column);

    /// <summary>Reads a file whole.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="what">The file's part, for messages.</param>
    /// <param name="largest">Bytes that it may have.</param>
    /// <exception cref="UserException">It is not there, too large, or not JSON.</exception>
    public static LocatedValue ReadFile(string path, string what = "manifest", int largest = LargestFile)
    {
        try
        {
            using var stream = File.OpenRead(path);

            // One byte more than may be there shows a file that is too large, or that grows.
            var utf8 = new byte[stream.CanSeek && stream.Length > 0 ? Math.Min(stream.Length, largest) + 1 : largest + 1];
            var length = stream.ReadAtLeast(utf8, utf8.Length, throwOnEndOfStream: false);
            return length <= largest
                ? Parse(utf8[..length], new TextPlace(path, 1, 1))
                : throw new UserException(ProblemCode.NotJson, $"The {what} is larger than {largest} bytes. Is it another file?", new TextPlace(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UserException(ProblemCode.MissingFile, $"The {what} cannot be read: {exception.Message}", new TextPlace(path));
        }
    }

    /// <summary>Parses a text.</summary>
    /// <param name="utf8">With or without a byte order mark.</param>
    /// <param name="start">Of its first character.</param>
    /// <exception cref="UserException">It is not JSON, or deeper than <see cref="Deepest"/>.</exception>
    public static LocatedValue Parse(byte[] utf8, TextPlace start)
    {
        var isMarked = utf8 is [0xEF, 0xBB, 0xBF, ..];
        return new LocatedJson(isMarked ? utf8[3..] : utf8, start).Root();
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
        var place = line is 0 ? _start with { Column = _start.Column + column } : _start with { Line = _start.Line + line, Column = column + 1 };
        return new UserException(ProblemCode.NotJson, $"Not JSON: {Shown.Plain(exception.Reason())}", place);
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
        return new TextPlace(_start.File, _line, _column);
    }
}
