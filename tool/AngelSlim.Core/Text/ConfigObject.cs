using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Text;

/// <summary>An object of a checkpoint's JSON file, read member by member; what has the wrong type or range is refused by key and value.</summary>
/// <remarks>A member that is null is a member that is missing, as in the reference implementation. Members that nobody asks for are left alone.</remarks>
public sealed partial class ConfigObject
{
    private const long LongestFile = 10_000_000;
    private const int MostWords = 1 << 24;
    private readonly string _file;
    private readonly string _prefix;
    private readonly JsonElement _json;

    private ConfigObject(string file, string prefix, JsonElement json) => (_file, _prefix, _json) = (file, prefix, json);

    /// <summary>Whether it has no members.</summary>
    public bool IsEmpty => !_json.EnumerateObject().Any();

    /// <summary><c>vocab_size</c>: rows of the target's head, which may be more than tokens.</summary>
    /// <exception cref="DataException">It is missing or out of range.</exception>
    public int Vocabulary => RequiredInteger("vocab_size", 1, MostWords);

    /// <summary><c>max_position_embeddings</c>: the tokens that a text may have; null when the file does not say.</summary>
    /// <exception cref="DataException">It is out of range.</exception>
    public int? Positions => Integer("max_position_embeddings", 1, 1 << 30);

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="DataException">It is missing, too long, or not one JSON object.</exception>
    public static ConfigObject Read(string file)
    {
        if (!File.Exists(file))
        {
            throw new DataException(ProblemCode.BadConfig, "there is no such file; a Hugging Face checkpoint has one.", new TextPlace(file));
        }

        if (new FileInfo(file).Length > LongestFile)
        {
            throw new DataException(ProblemCode.BadConfig, $"at most {LongestFile} bytes expected, {new FileInfo(file).Length} found.", new TextPlace(file));
        }

        return Parse(file, File.ReadAllText(file));
    }

    /// <summary>Reads a text.</summary>
    /// <param name="file">For messages.</param>
    /// <param name="text">Strict JSON; NaN and comments are refused, a duplicate member too.</param>
    public static ConfigObject Parse(string file, string text)
    {
        try
        {
            TakeAllTexts(text);
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return document.RootElement.ValueKind is JsonValueKind.Object
                ? new ConfigObject(file, "", document.RootElement.Clone())
                : throw new DataException(ProblemCode.BadConfig, $"an object expected, {document.RootElement.ValueKind} found.", new TextPlace(file, 1, 1));
        }
        catch (JsonException e)
        {
            throw new DataException(ProblemCode.BadConfig, $"JSON expected: {e.Reason()}", e.Place(file), e);
        }
        catch (InvalidOperationException e)
        {
            throw new DataException(ProblemCode.BadConfig, $"texts of whole characters expected: {e.Message}", new TextPlace(file), e);
        }
    }

    /// <summary>Whether the member is there and not null.</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>Whether the member is there and null, where that is not the same as missing.</summary>
    public bool IsNull(string key) => _json.TryGetProperty(key, out var value) && value.ValueKind is JsonValueKind.Null;

    /// <summary>An object, or null.</summary>
    public ConfigObject? Object(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } value => new ConfigObject(_file, $"{_prefix}{key}.", value),
        _ => throw Refuse(key, "an object"),
    };

    /// <summary>A text, or null.</summary>
    public string? Text(string key) => Find(key) switch
    {
        null => null,
        { } value => TextIn(key, value, "a text"),
    };

    /// <summary>True or false; the default where the member is missing.</summary>
    public bool Flag(string key, bool whenMissing) => Find(key) switch
    {
        null => whenMissing,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw Refuse(key, "true or false"),
    };

    /// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>, or null.</summary>
    public int? Integer(string key, int least, int most) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt32(out var number) && number >= least && number <= most => number,
        _ => throw Refuse(key, $"a whole number from {least} to {most}"),
    };

    /// <summary>As <see cref="Integer"/>, of a member that must be there.</summary>
    public int RequiredInteger(string key, int least, int most) => Integer(key, least, most)
        ?? throw new DataException(ProblemCode.BadConfig, $"'{_prefix}{key}' expected, a whole number from {least} to {most}; it is missing.", new TextPlace(_file));

    /// <summary>A number from <paramref name="least"/> to <paramref name="most"/>, or null.</summary>
    public double? Number(string key, double least, double most) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetDouble(out var number) && number >= least && number <= most => number,
        _ => throw Refuse(key, string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}")),
    };

    /// <summary>A whole number from 0, or a list of such; empty where the member is missing.</summary>
    public IReadOnlyList<int> Ids(string key) => Find(key) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Number } => [Integer(key, 0, int.MaxValue)!.Value],
        { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select(id => IdIn(key, id))],
        _ => throw Refuse(key, "an id or a list of ids"),
    };

    /// <summary>A list of texts; empty where the member is missing.</summary>
    public IReadOnlyList<string> Texts(string key) => Find(key) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select(text => TextIn(key, text, "a list of texts"))],
        _ => throw Refuse(key, "a list of texts"),
    };

    /// <summary>The error that says what was found and what would do.</summary>
    /// <param name="key">The member.</param>
    /// <param name="supported">What would do.</param>
    public DataException Refuse(string key, string supported)
    {
        var raw = Find(key) is { } value ? BlankRuns().Replace(value.GetRawText(), " ") : "missing";
        var found = raw.Length > 100 ? raw[..100] + "…" : raw;
        return new DataException(ProblemCode.BadConfig, $"'{_prefix}{key}' is {found}; supported: {supported}.", new TextPlace(_file));
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex BlankRuns();

    private JsonElement? Find(string key) =>
        _json.TryGetProperty(key, out var value) && value.ValueKind is not JsonValueKind.Null ? value : null;

    private int IdIn(string key, JsonElement id) =>
        id.ValueKind is JsonValueKind.Number && id.TryGetInt32(out var number) && number >= 0 ? number : throw Refuse(key, "an id or a list of ids");

    private string TextIn(string key, JsonElement text, string supported) =>
        text.ValueKind is JsonValueKind.String ? text.GetString()! : throw Refuse(key, supported);

    /// <summary>An escape may stand for half a character: sound JSON, but no text. Whoever takes it as one, a name or a value, gets an exception; so here, once.</summary>
    private static void TakeAllTexts(string text)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
            {
                _ = reader.GetString();
            }
        }
    }
}
