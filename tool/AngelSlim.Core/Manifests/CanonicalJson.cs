using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AngelSlim.Core.Manifests;

/// <summary>What becomes of settings that change speed but never results.</summary>
internal enum Incidentals
{
    /// <summary>Written like all others: for people.</summary>
    Kept,

    /// <summary>Left out at every depth: for keys.</summary>
    LeftOut,
}

/// <summary>One text for one value: members sorted, no white space, one spelling for each number and string. Keys are made of it.</summary>
/// <remarks>
/// The text depends on nothing but the value: not on the order of members, nor on how a number was spelled
/// (<c>1.0</c>, <c>1e0</c> and <c>1</c> are one), nor on the Unicode tables of a runtime, which decide what
/// <see cref="System.Text.Encodings.Web.JavaScriptEncoder"/> escapes.
/// </remarks>
internal static class CanonicalJson
{
    /// <summary>The canonical text.</summary>
    /// <exception cref="ArgumentException">A number is too large for a double.</exception>
    public static string Write(JsonNode? node)
    {
        var text = new StringBuilder();
        Write(node, text);
        return text.ToString();
    }

    private static void Write(JsonNode? node, StringBuilder text)
    {
        switch (node)
        {
            case null:
                text.Append("null");
                break;
            case JsonObject members:
                WriteAll('{', '}', Names(members), text, name =>
                {
                    WriteString(name, text);
                    text.Append(':');
                    Write(members[name], text);
                });
                break;
            case JsonArray items:
                WriteAll('[', ']', items, text, item => Write(item, text));
                break;
            default:
                WriteScalar(node.AsValue(), text);
                break;
        }
    }

    private static string[] Names(JsonObject members)
    {
        var names = new string[members.Count];
        ((IDictionary<string, JsonNode?>)members).Keys.CopyTo(names, 0);
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    private static void WriteAll<T>(char open, char close, IEnumerable<T> items, StringBuilder text, Action<T> write)
    {
        text.Append(open);
        var first = true;
        foreach (var item in items)
        {
            if (!first)
            {
                text.Append(',');
            }

            write(item);
            first = false;
        }

        text.Append(close);
    }

    private static void WriteScalar(JsonValue value, StringBuilder text)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.String:
                WriteString(value.GetValue<string>(), text);
                break;
            case JsonValueKind.Number:
                text.Append(Number(value.ToJsonString()));
                break;
            default:
                text.Append(value.ToJsonString());
                break;
        }
    }

    /// <summary>Integers of 64 bits keep every digit; all else is the double nearest to it, in its shortest spelling.</summary>
    private static string Number(string spelled)
    {
        if (long.TryParse(spelled, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var signed))
        {
            return signed.ToString(CultureInfo.InvariantCulture);
        }

        if (ulong.TryParse(spelled, NumberStyles.None, CultureInfo.InvariantCulture, out var large))
        {
            return large.ToString(CultureInfo.InvariantCulture);
        }

        var number = double.Parse(spelled, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (!double.IsFinite(number))
        {
            throw new ArgumentException($"The number {spelled} is too large for a double.", nameof(spelled));
        }

        // Below 2^53 every whole double is one integer, so that 4.0 and 4 meet; this also makes -0 the same as 0.
        return number == Math.Truncate(number) && Math.Abs(number) < 1L << 53
            ? ((long)number).ToString(CultureInfo.InvariantCulture)
            : number.ToString("R", CultureInfo.InvariantCulture);
    }

    /// <summary>Escapes what JSON demands, and lone surrogates, which UTF-8 cannot carry; nothing else.</summary>
    private static void WriteString(string value, StringBuilder text)
    {
        text.Append('"');
        for (var i = 0; i < value.Length; i++)
        {
            var unit = value[i];
            if (unit is '"' or '\\')
            {
                text.Append('\\').Append(unit);
            }
            else if (char.IsHighSurrogate(unit) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]))
            {
                text.Append(unit).Append(value[++i]);
            }
            else if (unit < ' ' || char.IsSurrogate(unit))
            {
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
            }
            else
            {
                text.Append(unit);
            }
        }

        text.Append('"');
    }
}
