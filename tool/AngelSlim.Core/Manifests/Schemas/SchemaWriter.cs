using System.ComponentModel.DataAnnotations;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Manifests.Settings;

namespace AngelSlim.Core.Manifests.Schemas;

/// <summary>Writes records as JSON Schema 2020-12: settings, for editors, as far as a schema can say what the reader accepts; and the documents that are printed for other programs.</summary>
/// <param name="summaries">The descriptions.</param>
internal sealed class SchemaWriter(XmlSummaries summaries)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The schema of a manifest: the text of <c>schemas/experiment.schema.json</c>.</summary>
    public string Experiment()
    {
        var schema = Head("An experiment of dotnet angelslim", typeof(Experiment));
        AddMembers(schema, typeof(Experiment));
        schema["properties"]!.AsObject().Insert(0, "$schema", new JsonObject { ["description"] = "Where this schema lies, for editors.", ["type"] = "string" });
        return Text(schema);
    }

    /// <summary>The schema of a document: all its members are there, always.</summary>
    /// <param name="record">Every member is required.</param>
    /// <param name="form">What the document's first member says: <c>angelslim/plan/1</c>.</param>
    public string Document(Type record, string form)
    {
        var schema = Head(form, record);
        schema.Insert(1, "$id", $"urn:{form.Replace('/', ':')}");
        AddMembers(schema, record);
        schema["properties"]!.AsObject().Insert(0, "form", new JsonObject { ["description"] = "What this is, and its version.", ["const"] = form });
        var required = schema["required"] as JsonArray ?? throw new NotSupportedException($"{record.Name} has no member that is required; every member of a document is.");
        required.Insert(0, "form");
        return required.Count == schema["properties"]!.AsObject().Count ? Text(schema) : throw new NotSupportedException($"A member of {record.Name} is not required; every member of a document is.");
    }

    /// <summary>The schema of a line that is of one of several kinds.</summary>
    /// <param name="form">What every line says it is.</param>
    /// <param name="line">Whose summary says what the lines are.</param>
    /// <param name="kinds">The members of each kind, by the word that its member <c>event</c> has.</param>
    public string Lines(string form, Type line, IReadOnlyDictionary<string, Type> kinds)
    {
        var schema = Head(form, line);
        schema.Remove("type");
        schema.Insert(1, "$id", $"urn:{form.Replace('/', ':')}");
        schema["oneOf"] = new JsonArray([.. kinds.Select(kind => Kind(form, kind.Key, kind.Value))]);
        return Text(schema);
    }

    private JsonObject Kind(string form, string word, Type members)
    {
        var schema = new JsonObject { ["title"] = word, ["description"] = summaries.Of(members), ["type"] = "object" };
        AddMembers(schema, members);
        (string Name, JsonObject Schema)[] common =
        [
            ("form", new() { ["const"] = form }),
            ("at", new() { ["description"] = "When, UTC.", ["type"] = "string", ["format"] = "date-time" }),
            ("step", new() { ["description"] = "The step's name in the experiment.", ["type"] = "string" }),
            ("event", new() { ["const"] = word }),
        ];
        foreach (var (index, member) in common.Index())
        {
            schema["properties"]!.AsObject().Insert(index, member.Name, member.Schema);
            schema["required"]!.AsArray().Insert(index, member.Name);
        }

        return schema;
    }

    private static string Text(JsonObject schema) => schema.ToJsonString(Indented).ReplaceLineEndings("\n") + "\n";

    private JsonObject Head(string title, Type record) => new()
    {
        ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
        ["title"] = title,
        ["description"] = summaries.Of(record),
        ["type"] = "object",
    };

    private void AddMembers(JsonObject schema, Type record)
    {
        var members = SettingsShape.Of(record);
        var defaults = SettingsJson.Of(Activator.CreateInstance(record)!);
        var properties = new JsonObject();
        foreach (var member in members)
        {
            properties[member.Name] = Member(member, defaults[member.Name]);
        }

        schema["properties"] = properties;
        if (members.Any(member => member.Required))
        {
            schema["required"] = new JsonArray([.. members.Where(member => member.Required).Select(member => JsonValue.Create(member.Name))]);
        }

        schema["additionalProperties"] = false;
    }

    private JsonObject Member(SettingsMember member, JsonNode? byDefault)
    {
        var schema = new JsonObject { ["description"] = Description(member) };
        AddType(schema, member.Type);
        foreach (var rule in member.Rules)
        {
            AddRule(schema, rule);
        }

        if (member.Nullable)
        {
            AllowNull(schema);
        }

        // A record's defaults stand at its members.
        if (!member.Required && !SettingsShape.IsRecord(member.Type))
        {
            schema["default"] = byDefault?.DeepClone();
        }

        if (member.Examples is { Count: > 0 } examples)
        {
            schema["examples"] = new JsonArray([.. examples.Select(example => JsonNode.Parse(example))]);
        }

        return schema;
    }

    private string Description(SettingsMember member) => member.Type.IsEnum
        ? string.Join("\n", Enum.GetNames(member.Type).Select(name => $"- `{SettingsShape.Word(name)}`: {summaries.Of(member.Type, name)}").Prepend(summaries.Of(member.Property)))
        : summaries.Of(member.Property);

    private void AddType(JsonObject schema, Type type)
    {
        if (SettingsShape.IsAny(type))
        {
            return;
        }

        schema["type"] = type == typeof(string) || type == typeof(DateTimeOffset) || type.IsEnum ? "string"
            : type == typeof(bool) ? "boolean"
            : type == typeof(int) || type == typeof(long) ? "integer"
            : type == typeof(double) ? "number"
            : SettingsShape.ItemType(type) is not null ? "array"
            : "object";
        if (type == typeof(DateTimeOffset))
        {
            schema["format"] = "date-time";
        }
        else if (type.IsEnum)
        {
            schema["enum"] = new JsonArray([.. SettingsShape.Words(type).Select(word => JsonValue.Create(word))]);
        }
        else if (SettingsShape.ItemType(type) is { } item)
        {
            AddType(Inner(schema, "items"), item);
        }
        else if (SettingsShape.ValueType(type) is { } value)
        {
            AddType(Inner(schema, "additionalProperties"), value);
        }
        else if (SettingsShape.IsRecord(type))
        {
            AddMembers(schema, type);
        }
    }

    private static JsonObject Inner(JsonObject schema, string keyword)
    {
        var inner = new JsonObject();
        schema[keyword] = inner;
        return inner;
    }

    private static void AddRule(JsonObject schema, Attribute rule)
    {
        switch (rule)
        {
            case RangeAttribute range:
                schema["minimum"] = JsonSerializer.SerializeToNode(range.Minimum);
                schema["maximum"] = JsonSerializer.SerializeToNode(range.Maximum);
                break;
            case EachInRangeAttribute range:
                var each = schema["items"] ?? schema["additionalProperties"]!;
                each["minimum"] = range.Minimum;
                each["maximum"] = range.Maximum;
                break;
            case MinLengthAttribute least:
                schema["minItems"] = least.Length;
                break;
            case LengthAttribute length:
                schema["minItems"] = length.MinimumLength;
                schema["maxItems"] = length.MaximumLength;
                break;
            case DistinctAttribute:
                schema["uniqueItems"] = true;
                break;
            case RegularExpressionAttribute pattern:
                schema["pattern"] = pattern.Pattern;
                break;
            default:
                throw new NotSupportedException($"{rule.GetType().Name} has no keyword in the schema yet.");
        }
    }

    private static void AllowNull(JsonObject schema)
    {
        if (schema["type"] is { } type)
        {
            schema["type"] = new JsonArray(type.GetValue<string>(), "null");
        }

        schema["enum"]?.AsArray().Add(null);
    }
}
