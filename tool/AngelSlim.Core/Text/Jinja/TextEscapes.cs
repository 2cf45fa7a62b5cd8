using System.Globalization;
using System.Text;

namespace AngelSlim.Core.Text.Jinja;

/// <summary>Escapes in quoted texts, as Python's <c>unicode-escape</c> has them; an unknown one stays as it is written.</summary>
internal static class TextEscapes
{
    public static string Resolve(string text, Spot spot)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            at = text[at] is '\\' ? Escape(text, at + 1, result, spot) : Copy(text, at, result);
        }

        return result.ToString();
    }

    private static int Copy(string text, int at, StringBuilder result)
    {
        result.Append(text[at]);
        return at + 1;
    }

    private static int Escape(string text, int at, StringBuilder result, Spot spot)
    {
        const string Simple = "\\'\"abfnrtv";
        const string Meant = "\\'\"\a\b\f\n\r\t\v";
        var letter = text[at];
        if (Simple.IndexOf(letter, StringComparison.Ordinal) is var index and >= 0)
        {
            result.Append(Meant[index]);
            return at + 1;
        }

        switch (letter)
        {
            case '\n':
                return at + 1;
            case 'x':
                return CodePoint(text, at + 1, 2, result, spot);
            case 'u':
                return CodePoint(text, at + 1, 4, result, spot);
            case 'U':
                return CodePoint(text, at + 1, 8, result, spot);
            case 'N':
                throw new JinjaFault("characters by name (\\N{...}) are not supported; write \\uXXXX", spot);
            case >= '0' and <= '7':
                return Octal(text, at, result);
            default:
                result.Append('\\').Append(letter);
                return at + 1;
        }
    }

    private static int CodePoint(string text, int at, int digits, StringBuilder result, Spot spot)
    {
        if (at + digits > text.Length
            || !int.TryParse(text.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            || value is < 0 or > 0x10FFFF)
        {
            throw new JinjaFault($"an escape needs {digits} hexadecimal digits of a code point", spot);
        }

        // Half of a surrogate pair may be written; the other half may follow.
        _ = value < 0x10000 ? result.Append((char)value) : result.Append(new Rune(value).ToString());
        return at + digits;
    }

    private static int Octal(string text, int at, StringBuilder result)
    {
        var value = 0;
        var end = at;
        for (; end < text.Length && end < at + 3 && text[end] is >= '0' and <= '7'; end++)
        {
            value = (value * 8) + (text[end] - '0');
        }

        result.Append((char)value);
        return end;
    }
}
