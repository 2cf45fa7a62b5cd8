using System.Numerics;
using System.Text;

namespace AngelSlim.Core.Text.Jinja;

/// <summary>What Python's built-in operations do with values. Everything whose cost depends on the values is paid from the budget.</summary>
internal sealed class Python(RenderBudget budget)
{
    // The last text that was found to have one unit for each code point: a loop that indexes it looks through it once.
    private string? _direct;

    public RenderBudget Budget { get; } = budget;

    public static string TypeName(object? value) => value switch
    {
        null => "NoneType",
        bool => "bool",
        BigInteger => "int",
        double => "float",
        string => "str",
        PythonMarkup => "Markup",
        PythonList list => list.IsTuple ? "tuple" : "list",
        PythonDict => "dict",
        PythonRange => "range",
        PythonBytes => "bytes",
        PythonView view => view.Kind,
        PythonIterator => "generator",
        PythonNamespace => "namespace",
        PythonFunction => "function",
        Undefined => "Undefined",
        _ => value.GetType().Name,
    };

    public static bool Truth(object? value) => value switch
    {
        null or Undefined => false,
        bool truth => truth,
        BigInteger number => !number.IsZero,
        double number => number is not 0,
        string text => text.Length > 0,
        PythonMarkup markup => markup.Text.Length > 0,
        PythonList list => list.Items.Count > 0,
        PythonDict dict => dict.Count > 0,
        PythonView view => view.Items.Count > 0,
        PythonRange range => range.Count > 0,
        _ => true,
    };

    /// <summary>An int, with bool counted as one; null for anything else.</summary>
    public static BigInteger? Whole(object? value) => value switch
    {
        BigInteger number => number,
        bool truth => truth ? BigInteger.One : BigInteger.Zero,
        _ => null,
    };

    /// <summary>An int that fits, for indexes, widths and counts; null for anything else.</summary>
    public static int? Small(object? value) =>
        Whole(value) is { } number ? (int)BigInteger.Min(BigInteger.Max(number, int.MinValue), int.MaxValue) : null;

    /// <summary>The value, if anything may be done with it.</summary>
    public static object? Defined(object? value) => value is Undefined missing ? throw missing.Fault : value;

    /// <summary>The number of code points.</summary>
    public static int LengthOf(string text)
    {
        if (IsDirect(text))
        {
            return text.Length;
        }

        var length = text.Length;
        for (var at = 1; at < text.Length; at++)
        {
            length -= char.IsSurrogatePair(text[at - 1], text[at]) ? 1 : 0;
        }

        return length;
    }

    /// <summary>One text per code point, one at a time; half a surrogate pair stands for itself.</summary>
    public static IEnumerable<string> CodePoints(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var units = UnitsAt(text, at);
            yield return text.Substring(at, units);
            at += units;
        }
    }

    /// <summary>Where in a text the code point with this number begins; its length, if it has no more than that.</summary>
    public static int UnitOf(string text, int point)
    {
        var at = 0;
        for (; point > 0 && at < text.Length; point--)
        {
            at += UnitsAt(text, at);
        }

        return at;
    }

    /// <summary>UTF-16 units of the code point that begins here.</summary>
    public static int UnitsAt(string text, int at) => at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;

    private static bool IsDirect(string text) => text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0;

    public static int Length(object? value) => PythonMarkup.Plain(value) switch
    {
        Undefined => 0,
        string text => LengthOf(text),
        PythonList list => list.Items.Count,
        PythonDict dict => dict.Count,
        PythonView view => view.Items.Count,
        PythonRange range => range.Count,
        LoopState loop => loop.Count,
        _ => throw new JinjaFault($"object of type '{TypeName(value)}' has no len()"),
    };

    public static bool IsIterable(object? value) => value is string or PythonMarkup or PythonList or PythonDict or PythonView or PythonRange or PythonIterator or Undefined or LoopState;

    /// <summary>The items that a loop over the value sees.</summary>
    public IReadOnlyList<object?> Items(object? value)
    {
        switch (PythonMarkup.Plain(value))
        {
            case Undefined:
                return [];
            case string text:
                Budget.SpendOnNew(text.Length);
                return [.. CodePoints(text)];
            case PythonRange range:
                Budget.SpendOnNew(range.Count);
                return [.. Enumerable.Range(0, range.Count).Select(index => (object?)range.At(index))];
            case PythonDict dict:
                Budget.SpendOnItems(dict.Count);
                return [.. dict.Keys];
            case PythonList list:
                return Paid(list.Items);
            case PythonView view:
                return Paid(view.Items);
            case PythonIterator iterator:
                return Paid(iterator.Items);
            default:
                throw new JinjaFault($"'{TypeName(value)}' object is not iterable");
        }
    }

    /// <summary>A value as the key of a dict; the look-up, which goes through all of a text, is paid.</summary>
    public object? Key(object? key)
    {
        Budget.Spend(1 + ((PythonMarkup.Plain(key) as string)?.Length ?? 0) / 16);
        return key;
    }

    public string Str(object? value) => value switch
    {
        string text => text,
        PythonMarkup markup => markup.Text,
        Undefined => "",
        _ => new PythonText(Budget).Repr(value),
    };

    /// <summary>What print and <c>~</c> do.</summary>
    public string Join(IEnumerable<object?> values, string separator = "")
    {
        var text = new StringBuilder();
        var first = true;
        foreach (var value in values)
        {
            var part = Str(value);
            RenderBudget.Bound((long)text.Length + part.Length + separator.Length);
            Budget.Spend(1 + ((part.Length + separator.Length) / 16));
            text.Append(first ? "" : separator).Append(part);
            first = false;
        }

        return text.ToString();
    }

    /// <summary><c>item in container</c></summary>
    public bool Contains(object? container, object? item)
    {
        switch (PythonMarkup.Plain(container))
        {
            case string text:
                return Defined(PythonMarkup.Plain(item)) is string part
                    ? IsIn(text, part)
                    : throw new JinjaFault($"'in <string>' requires string as left operand, not {TypeName(item)}");
            case PythonDict dict:
                return dict.TryGet(Key(item), out _);
            case not null when IsIterable(container):
                return Items(container).Any(candidate => PythonComparison.Equal(candidate, item, Budget));
            default:
                throw new JinjaFault($"argument of type '{TypeName(container)}' is not iterable");
        }
    }

    /// <summary><c>of[key]</c>, or null with <paramref name="found"/> false where Python would raise a lookup or type error.</summary>
    public object? Item(object? of, object? key, out bool found)
    {
        found = true;
        of = PythonMarkup.Plain(of);
        key = PythonMarkup.Plain(key);
        switch (of)
        {
            case Undefined missing:
                throw missing.Fault;
            case PythonDict dict when key is not (PythonList or PythonDict or Slice):
                found = dict.TryGet(Key(key), out var value);
                return value;
            case string or PythonList or PythonRange when key is Slice slice:
                var sliced = slice.Of(of, this);
                found = sliced is not null;
                return sliced;
            case string or PythonList or PythonRange when Small(key) is { } index:
                return At(of, index, out found);
            default:
                found = false;
                return null;
        }
    }

    private object? At(object of, int index, out bool found)
    {
        var isDirect = of is not string looked || LooksDirect(looked);
        var count = of is string direct && isDirect ? direct.Length : Length(of);
        var at = index < 0 ? index + count : index;
        found = at >= 0 && at < count;
        return !found ? null : of switch
        {
            string text when isDirect => text[at].ToString(),
            string text => UnitOf(text, at) is var unit ? text.Substring(unit, UnitsAt(text, unit)) : null,
            PythonList list => list.Items[at],
            _ => ((PythonRange)of).At(at),
        };
    }

    private bool LooksDirect(string text)
    {
        if (ReferenceEquals(text, _direct))
        {
            return true;
        }

        Budget.SpendOn(text.Length);
        var isDirect = IsDirect(text);
        _direct = isDirect ? text : _direct;
        return isDirect;
    }

    private bool IsIn(string text, string part)
    {
        Budget.SpendOnSearch(text, part);
        return text.Contains(part, StringComparison.Ordinal);
    }

    private IReadOnlyList<object?> Paid(IReadOnlyList<object?> items)
    {
        Budget.Spend(1 + (items.Count / 16));
        return items;
    }
}
