using System.Globalization;
using System.Text;

namespace AngelSlim.Core.Text.Jinja;

/// <summary>Upper and lower case as Python has it, with the few characters that become several.</summary>
internal static class Casing
{
    public static string Upper(string text) => text.Contains('ß', StringComparison.Ordinal)
        ? text.Replace("ß", "SS", StringComparison.Ordinal).ToUpperInvariant()
        : text.ToUpperInvariant();

    public static string Lower(string text) => text.Replace("İ", "i\u0307", StringComparison.Ordinal).ToLowerInvariant();

    public static string Fold(string text) => Lower(text.Replace("ß", "ss", StringComparison.Ordinal));

    public static string Swapped(string text, RenderBudget budget)
    {
        budget.Spend(text.Length);
        return string.Concat(Python.CodePoints(text).Select(point => IsUpper(point) ? Lower(point) : Upper(point)));
    }

    public static string Capitalized(string text)
    {
        var first = Python.UnitOf(text, 1);
        return Upper(text[..first]) + Lower(text[first..]);
    }

    /// <summary>Upper case behind anything without case: <c>They'Re</c>.</summary>
    public static string Title(string text, RenderBudget budget)
    {
        budget.Spend(text.Length);
        var result = new StringBuilder(text.Length);
        var inWord = false;
        foreach (var point in Python.CodePoints(text))
        {
            result.Append(inWord ? Lower(point) : Upper(point));
            inWord = IsUpper(point) || IsLower(point);
        }

        return result.ToString();
    }

    /// <summary>Some character has case, and every one that has is upper.</summary>
    public static bool IsUpper(string text) => HasOnly(text, UnicodeCategory.UppercaseLetter, UnicodeCategory.LowercaseLetter);

    public static bool IsLower(string text) => HasOnly(text, UnicodeCategory.LowercaseLetter, UnicodeCategory.UppercaseLetter);

    private static bool HasOnly(string text, UnicodeCategory wanted, UnicodeCategory other)
    {
        var categories = text.EnumerateRunes().Select(Rune.GetUnicodeCategory).ToHashSet();
        return categories.Contains(wanted) && !categories.Contains(other) && !categories.Contains(UnicodeCategory.TitlecaseLetter);
    }
}
