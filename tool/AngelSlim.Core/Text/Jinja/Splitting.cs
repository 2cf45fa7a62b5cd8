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
        var parts = new PartList(call.Python.Budget);
        if (call.Value(0) is null)
        {
            AtSpace(text, most, parts, fromRight);
        }
        else if (call.Text(0) is { Length: > 0 } separator)
        {
            call.Python.Budget.SpendOnSearch(text, separator);
            if (fromRight)
            {
                AtRight(text, separator, most, parts);
            }
            else
            {
                At(text, separator, most, parts);
            }
        }
        else
        {
            throw new JinjaFault("empty separator");
        }

        return new PythonList(fromRight ? parts.Reversed() : parts.Parts);
    }

    public static object Partition(Call call, bool fromRight)
    {
        var (text, separator) = (call.Self, call.Text(0));
        call.Python.Budget.SpendOnSearch(text, separator);
        if (separator.Length is 0)
        {
            throw new JinjaFault("empty separator");
        }

        var at = fromRight ? text.LastIndexOf(separator, StringComparison.Ordinal) : text.IndexOf(separator, StringComparison.Ordinal);
        return at >= 0 ? PythonList.Tuple(text[..at], separator, text[(at + separator.Length)..])
            : fromRight ? PythonList.Tuple("", "", text) : PythonList.Tuple(text, "", "");
    }

    public static object Lines(string text, RenderBudget budget, bool keepEnds)
    {
        var lines = new PartList(budget);
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

        return new PythonList(lines.Parts);
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

    private static void At(string text, string separator, int most, PartList parts)
    {
        var from = 0;
        for (var at = text.IndexOf(separator, StringComparison.Ordinal); at >= 0 && parts.Parts.Count < most; at = text.IndexOf(separator, from, StringComparison.Ordinal))
        {
            parts.Add(text[from..at]);
            from = at + separator.Length;
        }

        parts.Add(text[from..]);
    }

    private static void AtRight(string text, string separator, int most, PartList parts)
    {
        var end = text.Length;
        while (parts.Parts.Count < most && text.AsSpan(0, end).LastIndexOf(separator) is >= 0 and var at)
        {
            parts.Add(text[(at + separator.Length)..end]);
            end = at;
        }

        parts.Add(text[..end]);
    }

    private static void AtSpace(string text, int most, PartList words, bool fromRight)
    {
        if (fromRight)
        {
            AtSpaceFromRight(text, most, words);
            return;
        }

        var at = PythonSpace.Skip(text, 0);
        while (at < text.Length && words.Parts.Count < most)
        {
            var end = at;
            while (end < text.Length && !PythonSpace.Is(text[end]))
            {
                end++;
            }

            words.Add(text[at..end]);
            at = PythonSpace.Skip(text, end);
        }

        if (at < text.Length)
        {
            words.Add(text[at..]);
        }
    }

    private static void AtSpaceFromRight(string text, int most, PartList words)
    {
        var end = SpaceStart(text, text.Length);
        while (end > 0 && words.Parts.Count < most)
        {
            var start = end;
            while (start > 0 && !PythonSpace.Is(text[start - 1]))
            {
                start--;
            }

            words.Add(text[start..end]);
            end = SpaceStart(text, start);
        }

        if (end > 0)
        {
            words.Add(text[..end]);
        }
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

    /// <summary>Parts of a text, each paid when it is found: how many there are is not known before.</summary>
    private sealed class PartList(RenderBudget budget)
    {
        public List<object?> Parts { get; } = [];

        public void Add(string part)
        {
            budget.SpendOnPart(Parts.Count);
            Parts.Add(part);
        }

        public object?[] Reversed() => [.. Enumerable.Reverse(Parts)];
    }
}
