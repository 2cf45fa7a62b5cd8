using System.Text;

namespace AngelSlim.Core.Text.Jinja;

/// <summary>White space as Python's <c>str.isspace</c> has it: Unicode's, and U+001C to U+001F.</summary>
internal static class PythonSpace
{
    public static bool Is(char character) => character is >= '\u001c' and <= '\u001f' || char.IsWhiteSpace(character);

    public static bool Is(Rune rune) => rune.IsBmp && Is((char)rune.Value);

    /// <summary>The first position from <paramref name="at"/> on that is not white space.</summary>
    public static int Skip(string text, int at)
    {
        while (at < text.Length && Is(text[at]))
        {
            at++;
        }

        return at;
    }

    public static string TrimStart(string text) => text[Skip(text, 0)..];

    public static string TrimEnd(string text)
    {
        var end = text.Length;
        while (end > 0 && Is(text[end - 1]))
        {
            end--;
        }

        return text[..end];
    }
}
