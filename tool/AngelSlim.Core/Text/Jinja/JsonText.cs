using System.Globalization;
using System.Numerics;
using System.Text;

namespace AngelSlim.Core.Text.Jinja;

/// <summary>The filter <c>tojson</c>: Python's <c>json.dumps</c>, by default without escapes for what is not ASCII.</summary>
internal sealed class JsonText
{
    private readonly StringBuilder _text = new();
    private readonly RenderBudget _budget;
    private readonly bool _ascii;
    private readonly bool _sorted;
    private readonly string? _indentation;
    private readonly string _itemSeparator;
    private readonly string _keySeparator;
    private int _level;

    private JsonText(Call call)
    {
        _budget = call.Python.Budget;
        _ascii = call.Truth(0);
        _indentation = call.Value(1) switch
        {
            null => null,
            string text => text,
            _ => new string(' ', Math.Clamp(call.Whole(1), 0, 1000)),
        };
        var separators = call.Value(2) as PythonList;
        if (separators is not null && !(separators.Items.Count is 2 && separators.Items.All(item => item is string)))
        {
            throw new JinjaFault("the separators of tojson are two texts");
        }

        _itemSeparator = (string?)separators?.Items[0] ?? (_indentation is null ? ", " : ",");
        _keySeparator = (string?)separators?.Items[1] ?? ": ";
        _sorted = call.Truth(3);
    }

    /// <summary>Applies the filter.</summary>
    public static object Of(Call call)
    {
        var json = new JsonText(call);
        json.Write(call.Subject);
        return json._text.ToString();
    }

    private void Write(object? value)
    {
        _budget.Enter();
        switch (PythonMarkup.Plain(value))
        {
            case string text:
                WriteText(text);
                break;
            case PythonList list:
                WriteAll('[', list.Items, Write, ']');
                break;
            case PythonDict dict:
                WriteAll('{', Pairs(dict), WritePair, '}');
                break;
            default:
                _text.Append(Simple(value) ?? throw new JinjaFault($"Object of type {Python.TypeName(value)} is not JSON serializable"));
                break;
        }

        RenderBudget.Bound(_text.Length);
        _budget.Leave();
    }

    private static string? Simple(object? value) => value switch
    {
        null => "null",
        bool truth => truth ? "true" : "false",
        BigInteger number => number.ToString(CultureInfo.InvariantCulture),
        double number => double.IsNaN(number) ? "NaN" : double.IsInfinity(number) ? (number > 0 ? "Infinity" : "-Infinity") : PythonText.Float(number),
        _ => null,
    };

    private List<(string Key, object? Value)> Pairs(PythonDict dict)
    {
        _budget.SpendOnNew(dict.Count);
        var pairs = _sorted ? PythonSort.Sorted(dict.Pairs.ToArray(), pair => pair.Key, reverse: false, _budget) : dict.Pairs;
        return [.. pairs.Select(pair => (pair.Key as string ?? Simple(pair.Key) ?? throw new JinjaFault($"keys must be str, int, float, bool or None, not {Python.TypeName(pair.Key)}"), pair.Value))];
    }

    private void WriteAll<T>(char open, IReadOnlyList<T> items, Action<T> write, char close)
    {
        _text.Append(open);
        _level++;
        for (var index = 0; index < items.Count; index++)
        {
            _text.Append(index > 0 ? _itemSeparator : "");
            WriteLineStart();
            write(items[index]);
        }

        _level--;
        if (items.Count > 0)
        {
            WriteLineStart();
        }

        _text.Append(close);
    }

    private void WriteLineStart()
    {
        if (_indentation is not null)
        {
            _budget.SpendOn((long)_level * _indentation.Length);
            _text.Append('\n');
            for (var level = 0; level < _level; level++)
            {
                _text.Append(_indentation);
            }
        }
    }

    private void WritePair((string Key, object? Value) pair)
    {
        WriteText(pair.Key);
        _text.Append(_keySeparator);
        Write(pair.Value);
    }

    private void WriteText(string text)
    {
        _budget.SpendOn(text.Length);
        _text.Append('"');
        foreach (var unit in text)
        {
            _ = unit switch
            {
                '"' => _text.Append("\\\""),
                '\\' => _text.Append("\\\\"),
                '\n' => _text.Append("\\n"),
                '\r' => _text.Append("\\r"),
                '\t' => _text.Append("\\t"),
                '\b' => _text.Append("\\b"),
                '\f' => _text.Append("\\f"),
                _ when unit < ' ' || (_ascii && unit > '~') => _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}"),
                _ => _text.Append(unit),
            };
        }

        _text.Append('"');
    }
}
