using System.Text.Json;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Manifests.Schemas.Validation;
using AngelSlim.Core.Manifests.Settings;

namespace AngelSlim.Core.Manifests.Schemas;

/// <summary>What a validator finds in a file that a person may have written, in words: what is expected, what was found, what was probably meant.</summary>
internal static class SchemaWords
{
    private const string Manifest = "manifest";

    /// <summary>A finding in words for each; a value of the wrong type, or that is no word of a choice, has no other fault worth telling.</summary>
    /// <param name="findings">Of one file.</param>
    /// <param name="what">The file's part, for messages.</param>
    public static IEnumerable<Finding> Of(IEnumerable<SchemaFinding> findings, string what = Manifest) =>
        from same in findings.GroupBy(finding => finding.Value, ReferenceEqualityComparer.Instance)
        let worst = same.Min(Rank)
        from finding in same
        where Rank(finding) == worst
        select new Finding(finding.Path, Problem(finding, what));

    private static int Rank(SchemaFinding finding) => finding.Keyword switch
    {
        "type" => 0,
        "enum" => 1,
        _ => 2,
    };

    private static Problem Problem(SchemaFinding finding, string what)
    {
        var (code, message) = finding.Keyword switch
        {
            "type" => (ProblemCode.WrongType, $"{What(finding, what)} is {Shown.Found(finding.Value)}; expected {Expected(finding.Schema)}."),
            "enum" => (ProblemCode.UnknownValue, $"'{finding.Path}' is {Shown.Quoted(finding.Value.Text)}; expected {Expected(finding.Schema)}{Suggestion.For(finding.Value.Text, Words(finding.Schema))}"),
            "const" => (ProblemCode.UnknownValue, $"{What(finding, what)} is {Shown.Found(finding.Value)}; expected '{finding.Schema.Find("const")!.Value.Text}'."),
            "additionalProperties" => (ProblemCode.UnknownMember, Unknown(finding, what)),
            "required" => (ProblemCode.MissingMember, $"'{finding.Path}' is missing; expected {Expected(finding.Schema.Find("properties")!.Value.Find(finding.Member)!.Value)}."),
            "uniqueItems" => (ProblemCode.OutOfRange, $"'{finding.Path}' is {Shown.Found(finding.Value)} again; expected no item twice."),
            "minItems" or "maxItems" => (ProblemCode.OutOfRange, $"'{finding.Path}' has {Items(finding.Value.Items.Count)}; expected {Between(finding.Schema, "minItems", "maxItems")}."),
            "minimum" or "maximum" => (ProblemCode.OutOfRange, $"{What(finding, what)} is {Shown.Found(finding.Value)}; expected {Between(finding.Schema, "minimum", "maximum")}."),
            "pattern" => (ProblemCode.OutOfRange, $"{What(finding, what)} is {Shown.Found(finding.Value)}; expected a text that matches {finding.Schema.Find("pattern")!.Value.Text}."),
            _ => throw new NotSupportedException($"The keyword '{finding.Keyword}' has no words yet."),
        };
        return new(code, message, finding.Place);
    }

    private static string What(SchemaFinding finding, string what) => finding.Path.Length is 0 ? $"The {what}" : Shown.Quoted(finding.Path);

    private static string Expected(LocatedValue schema)
    {
        if (schema.Find("enum") is not null)
        {
            return string.Join(" or ", Words(schema).Select(word => $"'{word}'"));
        }

        var type = schema.Find("type")?.Value;
        return (type?.Kind is JsonValueKind.Array ? type.Items[0] : type)?.Text switch
        {
            null => "a value",
            "string" => "text",
            "boolean" => "true or false",
            "integer" => "a whole number",
            "number" => "a number",
            "array" => "a list",
            _ => "an object",
        };
    }

    private static IEnumerable<string> Words(LocatedValue schema) =>
        schema.Find("enum")!.Value.Items.Where(word => word.Kind is JsonValueKind.String).Select(word => word.Text);

    private static string Unknown(SchemaFinding finding, string file)
    {
        var outer = finding.Path.Length > finding.Member.Length ? finding.Path[..^(finding.Member.Length + 1)] : "";
        var what = $"{Shown.Quoted(finding.Member)} is not a setting of {(outer.Length is 0 ? $"a {file}" : Shown.Quoted(outer))}";
        var names = finding.Schema.Find("properties")!.Value.Members.Select(member => member.Name).Where(name => name[0] is not '$').ToArray();
        return (Suggestion.Nearest(finding.Member, names) ?? (file is Manifest ? Elsewhere(finding.Member) : null)) is { } meant
            ? $"{what}; did you mean '{meant}'?"
            : $"{what}; expected one of {string.Join(", ", names)}.";
    }

    /// <summary>A setting of that name in another part of the manifest, the least deep.</summary>
    private static string? Elsewhere(string name) => SettingsShape.Paths(typeof(Experiment))
        .Where(known => known.EndsWith("." + name, StringComparison.OrdinalIgnoreCase))
        .MinBy(known => known.Count(letter => letter is '.'));

    private static string Items(int count) => count is 1 ? "1 item" : $"{count} items";

    private static string Between(LocatedValue schema, string least, string most) => (schema.Find(least)?.Value.Text, schema.Find(most)?.Value.Text) switch
    {
        ({ } from, null) => $"at least {from}",
        (null, { } to) => $"at most {to}",
        var (from, to) when from == to => $"{from}",
        var (from, to) => $"{from} to {to}",
    };
}
