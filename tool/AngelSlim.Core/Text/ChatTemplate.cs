using System.Text;
using System.Text.Json;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text.Jinja;

namespace AngelSlim.Core.Text;

/// <summary>A target's chat template: turns a conversation into the text that the target reads.</summary>
internal sealed class ChatTemplate
{
    private const int LargestFile = 4 << 20;
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly JinjaTemplate _template;
    private readonly TimeProvider _clock;
    private readonly Dictionary<string, object?> _constants;

    private ChatTemplate(JinjaTemplate template, TimeProvider clock, Dictionary<string, object?> constants) =>
        (_template, _clock, _constants) = (template, clock, constants);

    /// <summary>The file that it stands in.</summary>
    public string File => _template.File;

    /// <summary>
    /// Reads <c>chat_template.jinja</c>, or <c>chat_template</c> of <c>tokenizer_config.json</c>: a text, or a list of named ones of which
    /// <c>default</c> is taken. The texts of <c>bos_token</c>, <c>eos_token</c>, … come from <c>tokenizer_config.json</c>.
    /// </summary>
    /// <param name="folder">The target's folder.</param>
    /// <param name="clock">For templates that write the date.</param>
    /// <exception cref="DataException">There is no template, or it is not one.</exception>
    public static ChatTemplate Load(string folder, TimeProvider clock)
    {
        var configPath = Path.Combine(folder, "tokenizer_config.json");
        using var config = System.IO.File.Exists(configPath) ? ReadConfig(configPath) : JsonDocument.Parse("{}");
        var path = Path.Combine(folder, "chat_template.jinja");
        try
        {
            var (source, file) = System.IO.File.Exists(path) ? (ReadText(path), path) : (InConfig(config.RootElement, configPath), configPath);
            return Of(source, file, clock, SpecialTokens(config.RootElement));
        }
        catch (InvalidOperationException failure)
        {
            throw new DataException(ProblemCode.BadTokenizer, "a text is not valid Unicode", new TextPlace(configPath), failure);
        }
    }

    /// <summary>A template that is at hand as text.</summary>
    /// <param name="source">The template.</param>
    /// <param name="file">Where it stands, for messages.</param>
    /// <param name="clock">For templates that write the date.</param>
    /// <param name="constants">What the template always sees: <c>bos_token</c>, …</param>
    public static ChatTemplate Of(string source, string file, TimeProvider clock, IReadOnlyDictionary<string, string> constants) =>
        new(JinjaTemplate.Parse(source, file), clock, constants.ToDictionary(constant => constant.Key, object? (constant) => constant.Value));

    /// <summary>The messages as text, as they stand in training.</summary>
    public string Render(IEnumerable<Message> messages, IReadOnlyDictionary<string, object?> arguments) => Render(messages, arguments, forAnswer: false);

    /// <summary>The messages as text, and behind them what makes the target answer.</summary>
    public string RenderPrompt(IEnumerable<Message> messages, IReadOnlyDictionary<string, object?> arguments) => Render(messages, arguments, forAnswer: true);

    /// <summary>The messages as text, as they stand in training, and where the template's <c>{% generation %}</c> blocks stand in it.</summary>
    public MarkedText RenderMarked(IEnumerable<Message> messages, IReadOnlyDictionary<string, object?> arguments) => _template.RenderMarked(Variables(messages, arguments, forAnswer: false), _clock);

    private string Render(IEnumerable<Message> messages, IReadOnlyDictionary<string, object?> arguments, bool forAnswer) =>
        _template.Render(Variables(messages, arguments, forAnswer), _clock);

    private Dictionary<string, object?> Variables(IEnumerable<Message> messages, IReadOnlyDictionary<string, object?> arguments, bool forAnswer)
    {
        var variables = new Dictionary<string, object?>(_constants)
        {
            ["messages"] = new PythonList([.. messages.Select(message => message.Members)]),
            ["tools"] = null,
            ["documents"] = null,
            ["add_generation_prompt"] = forAnswer,
        };
        foreach (var (name, value) in arguments)
        {
            variables[name] = value;
        }

        return variables;
    }

    private static string ReadText(string path)
    {
        var size = new FileInfo(path).Length;
        if (size > LargestFile)
        {
            throw new DataException(ProblemCode.BadTemplate, $"{size} bytes; a template has at most {LargestFile}", new TextPlace(path));
        }

        try
        {
            return System.IO.File.ReadAllText(path, StrictUtf8);
        }
        catch (DecoderFallbackException failure)
        {
            throw new DataException(ProblemCode.BadTemplate, "not UTF-8", new TextPlace(path), failure);
        }
    }

    private static JsonDocument ReadConfig(string path)
    {
        try
        {
            var config = JsonDocument.Parse(ReadText(path));
            return config.RootElement.ValueKind is JsonValueKind.Object
                ? config
                : throw new DataException(ProblemCode.BadTokenizer, $"expected a JSON object, found {config.RootElement.ValueKind}", new TextPlace(path));
        }
        catch (JsonException failure)
        {
            throw new DataException(ProblemCode.BadTokenizer, "not JSON: " + failure.Reason(), failure.Place(path), failure);
        }
    }

    private static string InConfig(JsonElement config, string path)
    {
        config.TryGetProperty("chat_template", out var template);
        if (template.ValueKind is JsonValueKind.Array)
        {
            template = template.EnumerateArray().FirstOrDefault(one => Is(one, "name", "default"));
            template = template.ValueKind is JsonValueKind.Object && template.TryGetProperty("template", out var inside) ? inside : default;
        }

        return TextOf(template) ?? throw new DataException(
            ProblemCode.BadTemplate, "no chat template: expected chat_template.jinja beside this file, or \"chat_template\" in it (a text, or a list with a \"default\")", new TextPlace(path));
    }

    private static bool Is(JsonElement json, string member, string text) =>
        json.ValueKind is JsonValueKind.Object && json.TryGetProperty(member, out var value) && TextOf(value) == text;

    /// <summary>The texts of the special tokens; each is a text, or an object with a <c>content</c>.</summary>
    private static Dictionary<string, string> SpecialTokens(JsonElement config)
    {
        var tokens = new Dictionary<string, string>();
        foreach (var member in config.EnumerateObject().Where(member => member.Name.EndsWith("_token", StringComparison.Ordinal)))
        {
            var value = member.Value.ValueKind is JsonValueKind.Object && member.Value.TryGetProperty("content", out var content) ? content : member.Value;
            if (TextOf(value) is { } text)
            {
                tokens[member.Name] = text;
            }
        }

        return tokens;
    }

    private static string? TextOf(JsonElement json) => json.ValueKind is JsonValueKind.String ? json.GetString() : null;
}
