using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AngelSlim.Core.Manifests.Reading;

/// <summary>A JSON value that knows where it stood in its file.</summary>
/// <param name="Kind">Which of the fields below count.</param>
/// <param name="Text">Of a string what it says, of a number how it is spelled, else empty.</param>
/// <param name="Place">Of its first character.</param>
internal sealed record LocatedValue(JsonValueKind Kind, string Text, TextPlace Place)
{
    /// <summary>Of a list, in order.</summary>
    public IReadOnlyList<LocatedValue> Items { get; init; } = [];

    /// <summary>Of an object, in the order of the file, duplicates included.</summary>
    public IReadOnlyList<LocatedMember> Members { get; init; } = [];

    /// <summary>The first member of that name.</summary>
    public LocatedMember? Find(string name) => Members.FirstOrDefault(member => member.Name == name);

    /// <summary>Follows member names as far as they are there.</summary>
    public LocatedValue Nearest(ReadOnlySpan<string> names) =>
        names is [var name, .. var rest] && Find(name) is { } member ? member.Value.Nearest(rest) : this;

    /// <summary>The same without places; null for null. Of members with the same name the first; a number that no double can hold is its spelling.</summary>
    public JsonNode? ToNode() => Kind switch
    {
        JsonValueKind.Object => JsonObjects.Of(Members.DistinctBy(member => member.Name), member => member.Name, member => member.Value.ToNode()),
        JsonValueKind.Array => new JsonArray([.. Items.Select(item => item.ToNode())]),
        JsonValueKind.Number when double.IsFinite(double.Parse(Text, NumberStyles.Float, CultureInfo.InvariantCulture)) => JsonNode.Parse(Text),
        JsonValueKind.String or JsonValueKind.Number => JsonValue.Create(Text),
        JsonValueKind.True or JsonValueKind.False => JsonValue.Create(Kind is JsonValueKind.True),
        _ => null,
    };
}

/// <summary>One member of a JSON object.</summary>
/// <param name="Name">Unescaped.</param>
/// <param name="Place">Of the name's opening quote.</param>
/// <param name="Value">What it is set to.</param>
internal sealed record LocatedMember(string Name, TextPlace Place, LocatedValue Value)
{
    /// <summary>Of the name's first character.</summary>
    public TextPlace NamePlace { get; init; } = Place with { Column = Place.Column + 1 };
}
