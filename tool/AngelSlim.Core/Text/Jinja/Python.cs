using System.Numerics;
using System.Text;

namespace AngelSlim.Core.Text.Jinja;

/// <summary>What Python's built-in operations do with values. Everything whose cost depends on the values is paid from the budget.</summary>
internal sealed class Python(RenderBudget budget)
{
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
        var length = text.Length;
        for (var at = 1; at < text.Length; at++)
        {
            length -= char.IsSurrogatePair(text[at - 1], text[at]) ? 1 : 0;
        }

        return length;
    }

    /// <summary>One text per code point; half a surrogate pair stands for itself.</summary>
    public static List<string> CodePoints(string text)
    {
        var points = new List<string>(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var units = at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;
            points.Add(text.Substring(at, units));
            at += units;
        }

        return points;
    }

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
        var items = PythonMarkup.Plain(value) switch
        {
            Undefined => (IReadOnlyList<object?>)[],
            string text => CodePoints(text),
            PythonList list => list.Items,
            PythonDict dict => [.. dict.Keys],
            PythonView view => view.Items,
            PythonIterator iterator => iterator.Items,
            PythonRange range => [.. Enumerable.Range(0, range.Count).Select(index => (object?)range.At(index))],
            _ => throw new JinjaFault($"'{TypeName(value)}' object is not iterable"),
        };
        Budget.SpendOn(items.Count);
        return items;
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
            text.Append(first ? "" : separator).Append(part);
            first = false;
            Budget.Spend(1 + ((part.Length + separator.Length) / 16));
            if (text.Length > RenderBudget.LongestText)
            {
                Budget.SpendOn(text.Length);
            }
        }

        return text.ToString();
    }

    /// <summary><c>item in container</c></summary>
    public bool Contains(object? container, object? item)
    {
        switch (PythonMarkup.Plain(container))
        {
            case string text:
                Budget.SpendOn(text.Length);
                return Defined(PythonMarkup.Plain(item)) is string part
                    ? text.Contains(part, StringComparison.Ordinal)
                    : throw new JinjaFault($"'in <string>' requires string as left operand, not {TypeName(item)}");
            case PythonDict dict:
                return dict.TryGet(item, out _);
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
                found = dict.TryGet(key, out var value);
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

    private static object? At(object of, int index, out bool found)
    {
        var count = Length(of);
        var at = index < 0 ? index + count : index;
        found = at >= 0 && at < count;
        return !found ? null : of switch
        {
            string text when text.Length == count => text[at].ToString(),
            string text => CodePoints(text)[at],
            PythonList list => list.Items[at],
            _ => ((PythonRange)of).At(at),
        };
    }
}
