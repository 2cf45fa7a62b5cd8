using System.Text.Json;
using AngelSlim.Core.Manifests.Reading;

namespace AngelSlim.Core.Manifests.Schemas.Validation.Keywords;

/// <summary><c>type</c>, <c>const</c> and <c>enum</c>.</summary>
internal static class ValueKeywords
{
    public static void Check(Held held)
    {
        if (held.Keyword("type") is { } type && !(type.Kind is JsonValueKind.Array ? type.Items : [type]).Any(name => IsOf(held.Value, name.Text)))
        {
            held.Report("type");
        }

        if (held.Keyword("const") is { } only && !JsonEquality.Instance.Equals(only, held.Value))
        {
            held.Report("const");
        }

        if (held.Keyword("enum") is { } choices && !choices.Items.Contains(held.Value, JsonEquality.Instance))
        {
            held.Report("enum");
        }
    }

    private static bool IsOf(LocatedValue value, string type) => (value.Kind, type) switch
    {
        (JsonValueKind.Null, "null") => true,
        (JsonValueKind.True or JsonValueKind.False, "boolean") => true,
        (JsonValueKind.String, "string") => true,
        (JsonValueKind.Array, "array") => true,
        (JsonValueKind.Object, "object") => true,
        (JsonValueKind.Number, "number") => true,
        (JsonValueKind.Number, "integer") => ExactNumber.Parse(value.Text).IsWhole,
        _ => false,
    };
}
