using System.Text;

namespace AngelSlim.Core.Text.Jinja;

/// <summary>Methods of str that take a text apart.</summary>
internal static class Splitting
{
    public static object Split(Call call, bool fromRight)
    {
        var most = call.Whole(1, -1);
        most = most < 0 ? int.MaxValue : most;
        var text = call.Self;
        var parts = call.Value(0) is null ? AtSpace(text, most, fromRight)
            : call.Text(0).Length is 0 ? throw new JinjaFault("empty separator")
            : fromRight ? AtRight(text, call.Text(0), most) : At(text, call.Text(0), most);
        return new PythonList([.. parts]);
    }

    public static object Partition(string text, string separator, bool fromRight)
    {
        if (separator.Length is 0)
        {
            throw new JinjaFault("empty separator");
        }

        var at = fromRight ? text.LastIndexOf(separator, StringComparison.Ordinal) : text.IndexOf(separator, StringComparison.Ordinal);
        return at >= 0 ? PythonList.Tuple(text[..at], separator, text[(at + separator.Length)..])
            : fromRight ? PythonList.Tuple("", "", text) : PythonList.Tuple(text, "", "");
    }

    public static object Lines(string text, bool keepEnds)
    {
        var lines = new List<object?>();
        for (var start = 0; start < text.Length;)
        {
            var end = start;
            while (end < text.Length && !IsLineEnd(text[end]))
            {
                end++;
            }

            var next = end == text.Length ? end : end + (text[end] is '\r' && end + 1 < text.Length && text[end + 1] is '\n' ? 2 : 1);
            lines.Add(text[start..(keepEnds ? next : end)]);
            start = next;
        }

        return new PythonList(lines);
    }

    public static string WithoutTabs(string text, int width, RenderBudget budget)
    {
        var result = new StringBuilder();
        var column = 0;
        foreach (var point in Python.CodePoints(text))
        {
            if (point is "\t")
            {
                var spaces = width > 0 ? width - (column % width) : 0;
                budget.SpendOn(result.Length + (long)spaces > RenderBudget.LongestText ? long.MaxValue : spaces);
                result.Append(' ', spaces);
                column += spaces;
                continue;
            }

            result.Append(point);
            column = point is "\n" or "\r" ? 0 : column + 1;
        }

        return result.ToString();
    }

    private static bool IsLineEnd(char unit) => unit is '\n' or '\r' or '\v' or '\f' or '\u001c' or '\u001d' or '\u001e' or '\u0085' or '\u2028' or '\u2029';

    private static List<string> At(string text, string separator, int most)
    {
        var parts = new List<string>();
        var from = 0;
        for (var at = text.IndexOf(separator, StringComparison.Ordinal); at >= 0 && parts.Count < most; at = text.IndexOf(separator, from, StringComparison.Ordinal))
        {
            parts.Add(text[from..at]);
            from = at + separator.Length;
        }

        parts.Add(text[from..]);
        return parts;
    }

    private static List<string> AtRight(string text, string separator, int most)
    {
        var parts = new List<string>();
        var end = text.Length;
        while (parts.Count < most && text.AsSpan(0, end).LastIndexOf(separator) is >= 0 and var at)
        {
            parts.Add(text[(at + separator.Length)..end]);
            end = at;
        }

        parts.Add(text[..end]);
        parts.Reverse();
        return parts;
    }

    private static List<string> AtSpace(string text, int most, bool fromRight)
    {
        if (fromRight)
        {
            return AtSpaceFromRight(text, most);
        }

        var words = new List<string>();
        var at = PythonSpace.Skip(text, 0);
        while (at < text.Length && words.Count < most)
        {
            var end = at;
            while (end < text.Length && !PythonSpace.Is(text[end]))
            {
                end++;
            }

            words.Add(text[at..end]);
            at = PythonSpace.Skip(text, end);
        }

        words.AddRange(at < text.Length ? [text[at..]] : []);
        return words;
    }

    private static List<string> AtSpaceFromRight(string text, int most)
    {
        var words = new List<string>();
        var end = SpaceStart(text, text.Length);
        while (end > 0 && words.Count < most)
        {
            var start = end;
            while (start > 0 && !PythonSpace.Is(text[start - 1]))
            {
                start--;
            }

            words.Add(text[start..end]);
            end = SpaceStart(text, start);
        }

        words.AddRange(end > 0 ? [text[..end]] : []);
        words.Reverse();
        return words;
    }

    /// <summary>Where the white space that ends at a position begins.</summary>
    private static int SpaceStart(string text, int end)
    {
        while (end > 0 && PythonSpace.Is(text[end - 1]))
        {
            end--;
        }

        return end;
    }
}
