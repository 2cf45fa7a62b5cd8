using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace AngelSlim.Core.Text.Jinja;

/// <summary>Values for templates from JSON: a number without point and exponent is an int, any other a float.</summary>
internal static class JinjaValue
{
    /// <exception cref="InvalidOperationException">A text holds half of a surrogate pair.</exception>
    public static object? Of(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => OfObject(json),
        JsonValueKind.Array => new PythonList([.. json.EnumerateArray().Select(Of)]),
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Number => OfNumber(json.GetRawText()),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    private static PythonDict OfObject(JsonElement json)
    {
        var dict = new PythonDict();
        foreach (var member in json.EnumerateObject())
        {
            dict[member.Name] = Of(member.Value);
        }

        return dict;
    }

    // Converting digits takes time that grows with the square of their number.
    private static object OfNumber(string digits) => digits.Length <= 1000 && digits.AsSpan().IndexOfAny('.', 'e', 'E') < 0
        ? BigInteger.Parse(digits, CultureInfo.InvariantCulture)
        : double.Parse(digits, CultureInfo.InvariantCulture);
}
