using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AngelSlim.Core.Manifests.Reading;

/// <summary>What a message quotes of somebody else's text: one line, not too long.</summary>
internal static class Shown
{
    private const int Longest = 60;

    /// <summary>Without control characters, which would break the one line that editors parse.</summary>
    public static string Plain(string text)
    {
        var plain = new StringBuilder();
        foreach (var unit in text)
        {
            if (char.IsControl(unit) || char.IsSurrogate(unit) || unit is '\u2028' or '\u2029')
            {
                plain.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
            }
            else
            {
                plain.Append(unit);
            }
        }

        return plain.ToString();
    }

    /// <summary>In single quotes, cut when long.</summary>
    public static string Quoted(string text) =>
        $"'{Plain(text.Length <= Longest ? text : text[..Longest] + "…")}'";

    /// <summary>A value as a message speaks of it.</summary>
    public static string Found(LocatedValue value) => value.Kind switch
    {
        JsonValueKind.String => $"the text {Quoted(value.Text)}",
        JsonValueKind.Number => value.Text.Length <= Longest ? value.Text : value.Text[..Longest] + "…",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };
}
