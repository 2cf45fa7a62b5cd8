using System.Text.Json.Nodes;

namespace AngelSlim.Core.Manifests.Schemas;

/// <summary>What the schema of manifests says about a setting.</summary>
/// <param name="Text">What it does.</param>
/// <param name="Range">What it may be; null where the schema has no bounds.</param>
/// <param name="Default">Canonical JSON; null where it has to be given, or where defaults stand at its members.</param>
internal sealed record SettingDescription(string Text, string? Range, string? Default)
{
    /// <summary>Of the setting at a path; null when the schema does not describe it: an item of a list, an entry of a table.</summary>
    /// <param name="schema">As <see cref="SchemaWriter"/> writes it.</param>
    /// <param name="path">Dotted.</param>
    public static SettingDescription? Of(JsonNode schema, string path)
    {
        var at = path.Length is 0 ? schema : path.Split('.').Aggregate((JsonNode?)schema, (node, name) => node?["properties"]?[name]);
        return at is not JsonObject found || (string?)found["description"] is not { } text ? null
            : new(text, RangeOf(found), found.ContainsKey("default") ? CanonicalJson.Write(found["default"]) : null);
    }

    private static string? RangeOf(JsonObject setting)
    {
        if (setting["enum"] is JsonArray words)
        {
            return string.Join(" or ", words.Select(CanonicalJson.Write));
        }

        if (setting["minimum"] is { } least && setting["maximum"] is { } most)
        {
            return $"{CanonicalJson.Write(least)} to {CanonicalJson.Write(most)}";
        }

        return setting["items"] is JsonObject item && RangeOf(item) is { } each ? $"each {each}" : (string?)setting["pattern"];
    }
}
