using System.Numerics;

namespace AngelSlim.Core.Text.Jinja;

/// <summary>Filters on texts. Those that take any value work on its text.</summary>
internal static class TextFilters
{
    public static readonly IReadOnlyList<Builtin> All =
    [
        new("string", [], 0, call => call.SubjectText) { KeepsMarkup = true },
        new("safe", [], 0, call => new PythonMarkup(call.SubjectText)),
        new("e", [], 0, Escape),
        new("escape", [], 0, Escape),
        new("forceescape", [], 0, call => new PythonMarkup(PythonMarkup.Escaped(call.SubjectText, call.Python.Budget))),
        new("trim", ["chars"], 0, call => StringMethods.Strip(call.SubjectText, call.Value(0), StringMethods.Side.Both)) { KeepsMarkup = true },
        new("upper", [], 0, call => Casing.Upper(call.SubjectText)) { KeepsMarkup = true },
        new("lower", [], 0, call => Casing.Lower(call.SubjectText)) { KeepsMarkup = true },
        new("capitalize", [], 0, call => Casing.Capitalized(call.SubjectText)) { KeepsMarkup = true },
        new("title", [], 0, call => Title(call.SubjectText, call.Python.Budget)),
        new("replace", ["old", "new", "count"], 2, call => StringMethods.Replace(
            call.SubjectText, call.Python.Str(call.Value(0)), call.Python.Str(call.Value(1)), call.Value(2) is null ? -1 : call.Whole(2), call.Python.Budget)),
        new("indent", ["width", "first", "blank"], 0, Indent),
        new("center", ["width"], 0, call => StringMethods.Centered(call.SubjectText, call.Whole(0, 80), " ", StringMethods.Side.Both, call.Python.Budget)),
        new("truncate", ["length", "killwords", "end", "leeway"], 0, Truncate),
        new("wordcount", [], 0, call => new BigInteger(WordCount(call.SubjectText))),
        new("urlencode", [], 0, call => UrlEncoded(call.SubjectText, call.Python.Budget)),
        new("striptags", [], 0, call => StripTags(call.SubjectText, call.Python.Budget)),
        new("format", null, 0, call => PercentFormat.Apply(
            call.SubjectText, call.Arguments.Positional.Count > 0 ? new PythonList(call.Arguments.Positional, isTuple: true) : PythonList.Tuple(), call.Python)),
        new("tojson", ["ensure_ascii", "indent", "separators", "sort_keys"], 0, JsonText.Of),
    ];

    private static PythonMarkup Escape(Call call) => call.IsMarkup
        ? new PythonMarkup(call.SubjectText)
        : new PythonMarkup(PythonMarkup.Escaped(call.SubjectText, call.Python.Budget));

    /// <summary>Unlike the method, upper case only at the start and behind white space, <c>-</c> and opening brackets.</summary>
    private static string Title(string text, RenderBudget budget)
    {
        budget.Spend(text.Length);
        var starts = true;
        return string.Concat(Python.CodePoints(text).Select(point =>
        {
            var cased = starts ? Casing.Upper(point) : Casing.Lower(point);
            starts = point is "-" or "(" or "{" or "[" or "<" || PythonSpace.Is(point[0]);
            return cased;
        }));
    }

    private static string Indent(Call call)
    {
        var indentation = call.Value(0) is string given ? given : new string(' ', Math.Clamp(call.Whole(0, 4), 0, 10_000));
        var lines = ((PythonList)Splitting.Lines(call.SubjectText + "\n", call.Python.Budget, keepEnds: false)).Items.Cast<string>().ToArray();
        call.Python.Budget.SpendOn(call.SubjectText.Length + ((long)lines.Length * indentation.Length));
        var rest = lines.Skip(1).Select(line => line.Length > 0 || call.Truth(2) ? indentation + line : line);
        return (call.Truth(1) ? indentation : "") + string.Join('\n', rest.Prepend(lines[0]));
    }

    private static string Truncate(Call call)
    {
        var (text, length, end) = (call.SubjectText, call.Whole(0, 255), call.Text(2, "..."));
        if (length < Python.LengthOf(end))
        {
            throw new JinjaFault($"truncate needs a length of at least {Python.LengthOf(end)}");
        }

        if (Python.LengthOf(text) <= (long)length + call.Whole(3, 5))
        {
            return text;
        }

        var kept = text[..Python.UnitOf(text, length - Python.LengthOf(end))];
        var space = call.Truth(1) ? -1 : kept.LastIndexOf(' ');
        return (space >= 0 ? kept[..space] : kept) + end;
    }

    private static int WordCount(string text)
    {
        var (words, inside) = (0, false);
        foreach (var rune in text.EnumerateRunes())
        {
            var isWord = System.Text.Rune.IsLetterOrDigit(rune) || rune.Value is '_';
            words += isWord && !inside ? 1 : 0;
            inside = isWord;
        }

        return words;
    }

    private static string UrlEncoded(string text, RenderBudget budget)
    {
        budget.SpendOn(text.Length * 9L);
        return Uri.EscapeDataString(text).Replace("%2F", "/", StringComparison.Ordinal);
    }

    private static string StripTags(string text, RenderBudget budget)
    {
        // It may be words of one letter only.
        budget.Spend(text.Length / 2);
        var result = new System.Text.StringBuilder();
        for (var at = 0; at < text.Length;)
        {
            var open = text.IndexOf('<', at);
            var close = open < 0 ? -1 : text.IndexOf('>', open);
            result.Append(text, at, (close < 0 ? text.Length : open) - at);
            at = close < 0 ? text.Length : close + 1;
        }

        return string.Join(' ', result.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}
