using System.Globalization;
using System.Numerics;
using System.Text;

namespace AngelSlim.Core.Text.Jinja;

/// <summary>Methods of str. Positions count code points.</summary>
internal static class StringMethods
{
    public static readonly Dictionary<string, Builtin> All = Builtin.Table(new Builtin[]
    {
        new("split", ["sep", "maxsplit"], 0, call => Splitting.Split(call, fromRight: false)),
        new("rsplit", ["sep", "maxsplit"], 0, call => Splitting.Split(call, fromRight: true)),
        new("splitlines", ["keepends"], 0, call => Splitting.Lines(call.Self, call.Python.Budget, call.Truth(0))),
        new("partition", ["sep"], 1, call => Splitting.Partition(call, fromRight: false)),
        new("rpartition", ["sep"], 1, call => Splitting.Partition(call, fromRight: true)),
        new("strip", ["chars"], 0, call => Strip(call.Self, call.Value(0), Side.Both)),
        new("lstrip", ["chars"], 0, call => Strip(call.Self, call.Value(0), Side.Left)),
        new("rstrip", ["chars"], 0, call => Strip(call.Self, call.Value(0), Side.Right)),
        new("startswith", ["prefix", "start", "end"], 1, call => Affix(call, (text, affix) => text.StartsWith(affix, StringComparison.Ordinal))),
        new("endswith", ["suffix", "start", "end"], 1, call => Affix(call, (text, affix) => text.EndsWith(affix, StringComparison.Ordinal))),
        new("removeprefix", ["prefix"], 1, call => call.Self.StartsWith(call.Text(0), StringComparison.Ordinal) ? call.Self[call.Text(0).Length..] : call.Self),
        new("removesuffix", ["suffix"], 1, call => call.Self.EndsWith(call.Text(0), StringComparison.Ordinal) ? call.Self[..^call.Text(0).Length] : call.Self),
        new("upper", [], 0, call => Casing.Upper(call.Self)),
        new("lower", [], 0, call => Casing.Lower(call.Self)),
        new("casefold", [], 0, call => Casing.Fold(call.Self)),
        new("swapcase", [], 0, call => Casing.Swapped(call.Self, call.Python.Budget)),
        new("title", [], 0, call => Casing.Title(call.Self, call.Python.Budget)),
        new("capitalize", [], 0, call => Casing.Capitalized(call.Self)),
        new("replace", ["old", "new", "count"], 2, call => Replace(call.Self, call.Text(0), call.Text(1), call.Whole(2, -1), call.Python.Budget)),
        new("find", ["sub", "start", "end"], 1, call => Find(call, fromRight: false)),
        new("rfind", ["sub", "start", "end"], 1, call => Find(call, fromRight: true)),
        new("index", ["sub", "start", "end"], 1, call => Find(call, fromRight: false) is { Sign: >= 0 } at ? at : throw new JinjaFault("substring not found")),
        new("rindex", ["sub", "start", "end"], 1, call => Find(call, fromRight: true) is { Sign: >= 0 } at ? at : throw new JinjaFault("substring not found")),
        new("count", ["sub"], 1, call => new BigInteger(Count(call.Self, call.Text(0), call.Python.Budget))),
        new("join", ["iterable"], 1, JoinStrict),
        new("encode", [], 0, call => new PythonBytes(Encoding.UTF8.GetBytes(call.Self))),
        new("format", null, 0, call => BraceFormat.Apply(call.Self, call.Arguments, call.Python)),
        new("zfill", ["width"], 1, call => ZeroFilled(call.Self, call.Whole(0), call.Python.Budget)),
        new("ljust", ["width", "fillchar"], 1, call => Padded(call, Side.Right)),
        new("rjust", ["width", "fillchar"], 1, call => Padded(call, Side.Left)),
        new("center", ["width", "fillchar"], 1, call => Padded(call, Side.Both)),
        new("expandtabs", ["tabsize"], 0, call => Splitting.WithoutTabs(call.Self, call.Whole(0, 8), call.Python.Budget)),
        new("isalnum", [], 0, call => Every(call.Self, rune => Rune.IsLetter(rune) || IsNumeric(rune))),
        new("isalpha", [], 0, call => Every(call.Self, Rune.IsLetter)),
        new("isdecimal", [], 0, call => Every(call.Self, Rune.IsDigit)),
        new("isdigit", [], 0, call => Every(call.Self, rune => CharUnicodeInfo.GetDigitValue(rune.ToString(), 0) >= 0)),
        new("isnumeric", [], 0, call => Every(call.Self, IsNumeric)),
        new("isspace", [], 0, call => Every(call.Self, PythonSpace.Is)),
        new("isascii", [], 0, call => call.Self.All(char.IsAscii)),
        new("isupper", [], 0, call => Casing.IsUpper(call.Self)),
        new("islower", [], 0, call => Casing.IsLower(call.Self)),
        new("isidentifier", [], 0, call => IsIdentifier(call.Self)),
    }.Select(method => method with { KeepsMarkup = true }));

    /// <summary>A side of a text.</summary>
    public enum Side
    {
        Left,
        Right,
        Both,
    }

    public static string Strip(string text, object? characters, Side side)
    {
        if (characters is null)
        {
            text = side is Side.Right ? text : PythonSpace.TrimStart(text);
            return side is Side.Left ? text : PythonSpace.TrimEnd(text);
        }

        var set = Python.CodePoints(characters as string ?? throw new JinjaFault("strip arg must be None or str")).ToHashSet();
        var (start, end) = (0, text.Length);
        while (side is not Side.Right && start < end && Point(start, Python.UnitsAt(text, start)) is { } first)
        {
            start += first;
        }

        while (side is not Side.Left && end > start && Point(end, end - 1 > start && char.IsSurrogatePair(text[end - 2], text[end - 1]) ? -2 : -1) is { } last)
        {
            end -= last;
        }

        return text[start..end];

        // How long the code point on this side of a place is, if it is one to be taken away.
        int? Point(int at, int units) => set.Contains(text.Substring(Math.Min(at, at + units), Math.Abs(units))) ? Math.Abs(units) : null;
    }

    public static string Replace(string text, string old, string @new, int count, RenderBudget budget)
    {
        var places = count is 0 ? 0 : Count(text, old, budget);
        places = count < 0 ? places : Math.Min(places, count);
        budget.SpendOn(text.Length + Math.Max(0, (long)places * (@new.Length - old.Length)));
        if (old.Length is 0)
        {
            budget.Spend(text.Length);
            return string.Concat(Python.CodePoints(text).Select((point, index) => index < places ? @new + point : point)) + (Python.LengthOf(text) < places ? @new : "");
        }

        var result = new StringBuilder();
        var from = 0;
        for (; places > 0; places--)
        {
            var at = text.IndexOf(old, from, StringComparison.Ordinal);
            result.Append(text, from, at - from).Append(@new);
            from = at + old.Length;
        }

        return result.Append(text, from, text.Length - from).ToString();
    }

    public static string Centered(string text, int width, string fill, Side side, RenderBudget budget)
    {
        var missing = Math.Max(0, width - Python.LengthOf(text));
        budget.SpendOn((long)missing * fill.Length);
        var left = side is Side.Right ? 0 : side is Side.Left ? missing : (missing / 2) + (missing & width & 1);
        return string.Concat(Enumerable.Repeat(fill, left)) + text + string.Concat(Enumerable.Repeat(fill, missing - left));
    }

    private static string Padded(Call call, Side side)
    {
        var fill = call.Text(1, " ");
        return Python.LengthOf(fill) is 1
            ? Centered(call.Self, call.Whole(0), fill, side, call.Python.Budget)
            : throw new JinjaFault("the fill character must be exactly one character long");
    }

    private static string ZeroFilled(string text, int width, RenderBudget budget)
    {
        var sign = text.Length > 0 && text[0] is '-' or '+' ? text[..1] : "";
        return sign + Centered(text[sign.Length..], width - sign.Length, "0", Side.Left, budget);
    }

    private static bool Affix(Call call, Func<string, string, bool> matches)
    {
        var text = Part(call, 1, 2);
        var affixes = call.Value(0) is PythonList { IsTuple: true } several ? several.Items : [call.Value(0)];
        return affixes.Any(affix => Matches(affix as string ?? throw new JinjaFault("the first argument must be str or a tuple of str")));

        bool Matches(string affix)
        {
            call.Python.Budget.SpendOn(affix.Length);
            return matches(text, affix);
        }
    }

    private static string Part(Call call, int start, int end) => !call.Has(start) && !call.Has(end)
        ? call.Self
        : (string)(new Slice(call.Value(start), call.Value(end), null).Of(call.Self, call.Python) ?? throw new JinjaFault("slice indices must be integers"));

    private static BigInteger Find(Call call, bool fromRight)
    {
        var text = Part(call, 1, 2);
        call.Python.Budget.SpendOnSearch(text, call.Text(0));
        var at = fromRight ? text.LastIndexOf(call.Text(0), StringComparison.Ordinal) : text.IndexOf(call.Text(0), StringComparison.Ordinal);
        var skipped = call.Has(1) && Python.Small(call.Value(1)) is { } start
            ? start < 0 ? Math.Max(0, start + Python.LengthOf(call.Self)) : start
            : 0;
        return at < 0 ? -1 : skipped + Python.LengthOf(text[..at]);
    }

    private static int Count(string text, string part, RenderBudget budget)
    {
        budget.SpendOnSearch(text, part);
        if (part.Length is 0)
        {
            return Python.LengthOf(text) + 1;
        }

        var count = 0;
        for (var at = text.IndexOf(part, StringComparison.Ordinal); at >= 0; at = text.IndexOf(part, at + part.Length, StringComparison.Ordinal))
        {
            count++;
        }

        return count;
    }

    private static string JoinStrict(Call call)
    {
        var items = call.Python.Items(call.Value(0));
        var wrong = items.FirstOrDefault(item => item is not string, "");
        return wrong is string
            ? call.Python.Join(items, call.Self)
            : throw new JinjaFault($"sequence item: expected str instance, {Python.TypeName(wrong)} found");
    }

    private static bool Every(string text, Func<Rune, bool> holds) => text.Length > 0 && text.EnumerateRunes().All(holds);

    private static bool IsNumeric(Rune rune) => CharUnicodeInfo.GetNumericValue(rune.ToString(), 0) is not -1;

    private static bool IsIdentifier(string text) => text.Length > 0
        && text.EnumerateRunes().First() is var first && (Rune.IsLetter(first) || first.Value is '_')
        && Every(text, rune => Rune.IsLetterOrDigit(rune) || rune.Value is '_');
}
