using System.Globalization;
using System.Numerics;
using System.Text;

namespace AngelSlim.Core.Text.Jinja;

/// <summary>Python's <c>repr</c>.</summary>
internal sealed class PythonText(RenderBudget budget)
{
    private readonly StringBuilder _text = new();

    public string Repr(object? value)
    {
        Write(value);
        return _text.ToString();
    }

    /// <summary>The shortest decimal that reads back as the same number, with an exponent below 1e-4 and from 1e16 on.</summary>
    public static string Float(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }

        var shortest = value.ToString("E16", CultureInfo.InvariantCulture);
        for (var precision = 0; precision < 17; precision++)
        {
            var candidate = value.ToString("E" + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            if (double.Parse(candidate, CultureInfo.InvariantCulture).Equals(value))
            {
                shortest = candidate;
                break;
            }
        }

        var negative = shortest[0] is '-';
        var mark = shortest.IndexOf('E', StringComparison.Ordinal);
        var digits = shortest[(negative ? 1 : 0)..mark].Replace(".", "", StringComparison.Ordinal);
        var exponent = int.Parse(shortest[(mark + 1)..], CultureInfo.InvariantCulture);
        return (negative ? "-" : "") + Positional(digits, exponent);
    }

    private static string Positional(string digits, int exponent) => exponent switch
    {
        < -4 or >= 16 => $"{digits[0]}{(digits.Length > 1 ? "." + digits[1..] : "")}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}",
        < 0 => "0." + new string('0', -exponent - 1) + digits,
        _ when digits.Length <= exponent + 1 => digits.PadRight(exponent + 1, '0') + ".0",
        _ => digits[..(exponent + 1)] + "." + digits[(exponent + 1)..],
    };

    public static string Quoted(string text)
    {
        var quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        var result = new StringBuilder().Append(quote);
        foreach (var point in Python.CodePoints(text))
        {
            result.Append(point switch
            {
                "\n" => "\\n",
                "\r" => "\\r",
                "\t" => "\\t",
                "\\" => "\\\\",
                _ when point[0] == quote => "\\" + quote,
                _ => IsPrintable(point) ? point : Escaped(char.IsSurrogate(point[0]) && point.Length is 1 ? point[0] : char.ConvertToUtf32(point, 0)),
            });
        }

        return result.Append(quote).ToString();
    }

    private static bool IsPrintable(string point) => point is " " || CharUnicodeInfo.GetUnicodeCategory(point, 0)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);

    private static string Escaped(int codePoint) => codePoint switch
    {
        < 0x100 => $"\\x{codePoint:x2}",
        < 0x10000 => $"\\u{codePoint:x4}",
        _ => $"\\U{codePoint:x8}",
    };

    private void Write(object? value)
    {
        budget.Enter();
        switch (value)
        {
            case string text:
                _text.Append(Paid(text));
                break;
            case PythonMarkup markup:
                _text.Append("Markup(").Append(Paid(markup.Text)).Append(')');
                break;
            case PythonList list:
                WriteItems(list.IsTuple ? "(" : "[", list.Items, list.IsTuple ? list.Items.Count is 1 ? ",)" : ")" : "]");
                break;
            case PythonView view:
                WriteItems(view.Kind + "([", view.Items, "])");
                break;
            case PythonDict dict:
                WriteDict(dict);
                break;
            case PythonBytes bytes:
                budget.SpendOnNew(bytes.Bytes.Length);
                _text.Append(Simple(value));
                break;
            default:
                _text.Append(Simple(value));
                break;
        }

        RenderBudget.Bound(_text.Length);
        budget.Leave();
    }

    // Every code point is looked at on its own.
    private string Paid(string text)
    {
        budget.Spend(text.Length);
        return Quoted(text);
    }

    private static string Simple(object? value) => value switch
    {
        null => "None",
        bool truth => truth ? "True" : "False",
        BigInteger number => number.ToString(CultureInfo.InvariantCulture),
        double number => Float(number),
        PythonRange { Step: 1 } range => $"range({range.Start}, {range.Stop})",
        PythonRange range => $"range({range.Start}, {range.Stop}, {range.Step})",
        PythonBytes bytes => "b" + string.Concat(Quoted(string.Concat(bytes.Bytes.Select(part => (char)part))).Select(unit => unit > '~' ? $"\\x{(int)unit:x2}" : unit.ToString())),
        Undefined => "Undefined",
        _ => $"<{Python.TypeName(value)}>",
    };

    private void WriteItems(string open, IReadOnlyList<object?> items, string close)
    {
        _text.Append(open);
        for (var index = 0; index < items.Count; index++)
        {
            _text.Append(index > 0 ? ", " : "");
            Write(items[index]);
        }

        _text.Append(close);
    }

    private void WriteDict(PythonDict dict)
    {
        var separator = "{";
        foreach (var (key, value) in dict.Pairs)
        {
            _text.Append(separator);
            Write(key);
            _text.Append(": ");
            Write(value);
            separator = ", ";
        }

        _text.Append(dict.Count is 0 ? "{}" : "}");
    }
}
