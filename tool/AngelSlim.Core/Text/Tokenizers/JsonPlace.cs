using System.Text.Json;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Text.Tokenizers;

/// <summary>A value in a JSON file that is not trusted; whatever is not as asked for is an error with file and path.</summary>
internal sealed class JsonPlace
{
    /// <summary>More than any tokenizer has: the largest known take 35 MB.</summary>
    private const long LargestFile = 256L << 20;

    private readonly string _file;
    private readonly JsonElement _value;
    private readonly JsonPlace? _parent;
    private readonly string _step;

    private JsonPlace(string file, JsonElement value, JsonPlace? parent, string step) =>
        (_file, _value, _parent, _step) = (file, value, parent, step);

    /// <summary>True for <c>[…]</c>.</summary>
    public bool IsArray => _value.ValueKind is JsonValueKind.Array;

    /// <summary>True for <c>{…}</c>.</summary>
    public bool IsObject => _value.ValueKind is JsonValueKind.Object;

    /// <summary>True for <c>"…"</c> and <c>{…}</c>.</summary>
    public bool IsTextOrObject => IsObject || _value.ValueKind is JsonValueKind.String;

    /// <summary>True for a list or an object without content.</summary>
    public bool IsEmpty => (IsArray && _value.GetArrayLength() is 0) || (IsObject && _value.GetPropertyCount() is 0);

    private string Path => _parent is null ? "$" : _parent.Path + _step;

    /// <summary>The whole file.</summary>
    /// <exception cref="DataException">It cannot be read, is too large, or is not JSON.</exception>
    public static JsonPlace Read(string file)
    {
        try
        {
            if (new FileInfo(file) is { Exists: true, Length: > LargestFile and var length })
            {
                throw new DataException(ProblemCode.BadTokenizer, $"At most {LargestFile} bytes expected, {length} found; it is no tokenizer. Copy the file again.", new TextPlace(file));
            }

            var bytes = File.ReadAllBytes(file);
            var options = new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 64 };
            using var document = JsonDocument.Parse(bytes, options);
            return new JsonPlace(file, document.RootElement.Clone(), null, "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw new DataException(ProblemCode.BadTokenizer, $"It cannot be read: {e.Message}", new TextPlace(file), e);
        }
        catch (JsonException e)
        {
            throw new DataException(ProblemCode.BadTokenizer, $"It is not JSON: {e.Reason()} Copy the file again.", e.Place(file), e);
        }
    }

    /// <summary>A member that must be there.</summary>
    public JsonPlace Member(string name) => Find(name) ?? throw Refuse($"'{name}' is missing");

    /// <summary>A member, or null where it is absent or <c>null</c>.</summary>
    public JsonPlace? Find(string name)
    {
        Require(JsonValueKind.Object, "an object");
        return _value.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null
            ? new JsonPlace(_file, value, this, "." + name)
            : null;
    }

    /// <summary>Refuses members that are not in the list: what is not known here could change ids.</summary>
    public JsonPlace Only(params ReadOnlySpan<string> names)
    {
        foreach (var (name, member) in Members())
        {
            if (!names.Contains(name))
            {
                throw member.Refuse($"the member '{name}' is not known here");
            }
        }

        return this;
    }

    /// <summary>All members of an object.</summary>
    public IEnumerable<(string Name, JsonPlace Value)> Members()
    {
        Require(JsonValueKind.Object, "an object");
        foreach (var member in _value.EnumerateObject())
        {
            var name = Unescaped(() => member.Name);
            yield return (name, new JsonPlace(_file, member.Value, this, $"['{name}']"));
        }
    }

    /// <summary>All items of a list.</summary>
    public IEnumerable<JsonPlace> Items()
    {
        Require(JsonValueKind.Array, "a list");
        var index = 0;
        foreach (var item in _value.EnumerateArray())
        {
            yield return new JsonPlace(_file, item, this, $"[{index++}]");
        }
    }

    /// <summary>A string of whole characters.</summary>
    public string Text()
    {
        Require(JsonValueKind.String, "a string");
        return Unescaped(() => _value.GetString()!);
    }

    /// <summary>An integer from 0.</summary>
    public int Count() => _value.ValueKind is JsonValueKind.Number && _value.TryGetInt32(out var number) && number >= 0
        ? number
        : throw Refuse($"expected an integer from 0 to {int.MaxValue}, found {Shown()}");

    /// <summary>True or false.</summary>
    public bool Flag() => _value.ValueKind is JsonValueKind.True or JsonValueKind.False
        ? _value.GetBoolean()
        : throw Refuse($"expected true or false, found {Shown()}");

    /// <summary>The error to throw about this value.</summary>
    public DataException Refuse(string what, Exception? inner = null) => new(
        ProblemCode.BadTokenizer,
        $"{Path}: {what}. Byte-level BPE tokenizers of the Qwen, Llama 3, GPT-2, SmolLM, DeepSeek and Hunyuan shapes are known; use one of them, or a whole copy of this file.",
        new TextPlace(_file),
        inner);

    private void Require(JsonValueKind kind, string expected)
    {
        if (_value.ValueKind != kind)
        {
            throw Refuse($"expected {expected}, found {Shown()}");
        }
    }

    private string Shown()
    {
        // As written: a string may hold half of a surrogate pair and not be readable.
        var text = _value.GetRawText();
        return IsObject ? "an object"
            : IsArray ? "a list"
            : text.Length > 60 ? text[..60] + "…"
            : text;
    }

    private string Unescaped(Func<string> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException e)
        {
            throw Refuse("half of a surrogate pair, or bytes that are not UTF-8", e);
        }
    }
}
