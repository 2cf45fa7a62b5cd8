using System.Globalization;
using System.Numerics;

namespace AngelSlim.Core.Text.Jinja;

/// <summary>How one value is written by <c>%</c> and <c>format</c>: <c>[[fill]align][sign][0][width][,][.precision][type]</c>.</summary>
internal sealed record FormatSpecification(char Type)
{
    public string Fill { get; init; } = " ";

    /// <summary><c>&lt; &gt; ^ =</c>, or 0 for the type's own.</summary>
    public char Align { get; init; }

    /// <summary><c>+</c>, space or <c>-</c>.</summary>
    public char Sign { get; init; } = '-';

    public int Width { get; init; }

    public bool Grouped { get; init; }

    public bool Prefixed { get; init; }

    public int? Precision { get; init; }

    public string Format(object? value, Python python)
    {
        if (Width > RenderBudget.LongestText || Precision > 1000)
        {
            throw new JinjaFault("a width or precision is too large");
        }

        return Type switch
        {
            's' or 'r' => Placed("", Cut(Type is 'r' ? new PythonText(python.Budget).Repr(value) : python.Str(value)), '<', python.Budget),
            'd' or 'x' or 'X' or 'o' or 'b' or 'c' => FormatWhole(value, python.Budget),
            'f' or 'F' or 'e' or 'E' or 'g' or 'G' or '%' => FormatFloat(value, python.Budget),
            _ => throw new JinjaFault($"the format '{Type}' is not supported"),
        };
    }

    private string Cut(string text) => Precision is { } most && Python.LengthOf(text) > most ? text[..Python.UnitOf(text, most)] : text;

    private string FormatWhole(object? value, RenderBudget budget)
    {
        var number = Python.Whole(value) ?? (value is double fraction && double.IsFinite(fraction)
            ? new BigInteger(Math.Truncate(fraction))
            : throw new JinjaFault($"the format '{Type}' needs a number, not {Python.TypeName(value)}"));
        if (Type is 'c')
        {
            return Placed("", number >= 0 && number < 0xD800 ? ((char)number).ToString() : throw new JinjaFault("%c needs a character"), '<', budget);
        }

        var size = BigInteger.Abs(number);
        var digits = Type switch
        {
            'x' => size.ToString("x", CultureInfo.InvariantCulture).TrimStart('0'),
            'X' => size.ToString("X", CultureInfo.InvariantCulture).TrimStart('0'),
            'o' => Octal(size).TrimStart('0'),
            'b' => size.ToString("b", CultureInfo.InvariantCulture).TrimStart('0'),
            _ => size.ToString(CultureInfo.InvariantCulture),
        };
        digits = digits.Length is 0 ? "0" : digits;
        digits = Precision is { } least ? digits.PadLeft(least, '0') : digits;
        return Placed(SignOf(number.Sign < 0) + (Prefixed && Type is not 'd' ? "0" + Type : ""), Grouped ? Group(digits) : digits, '>', budget);
    }

    private static string Octal(BigInteger value)
    {
        var bits = value.ToString("b", CultureInfo.InvariantCulture);
        bits = bits.PadLeft((bits.Length + 2) / 3 * 3, '0');
        return string.Concat(bits.Chunk(3).Select(three => (char)('0' + Convert.ToInt32(new string(three), 2))));
    }

    private string FormatFloat(object? value, RenderBudget budget)
    {
        var number = PythonNumbers.Float(value) ?? throw new JinjaFault($"the format '{Type}' needs a number, not {Python.TypeName(value)}");
        var size = Math.Abs(number);
        var digits = Type switch
        {
            'f' or 'F' => NumberReading.Fixed(size, Precision ?? 6),
            '%' => NumberReading.Fixed(size * 100, Precision ?? 6) + "%",
            'e' or 'E' => Exponential(size, Precision ?? 6),
            _ => General(size, Math.Max(1, Precision ?? 6)),
        };
        digits = char.IsUpper(Type) ? digits.ToUpperInvariant() : digits;
        var point = digits.IndexOf('.', StringComparison.Ordinal) is >= 0 and var at ? at : digits.Length;
        return Placed(SignOf(double.IsNegative(number)), Grouped ? Group(digits[..point]) + digits[point..] : digits, '>', budget);
    }

    private static string Exponential(double value, int precision)
    {
        var text = value.ToString("e" + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return text.IndexOf('e', StringComparison.Ordinal) is >= 0 and var at
            ? text[..(at + 2)] + text[(at + 2)..].TrimStart('0').PadLeft(2, '0')
            : PythonText.Float(value);
    }

    private static string General(double value, int precision)
    {
        if (value is 0 || !double.IsFinite(value))
        {
            return value is 0 ? "0" : PythonText.Float(value);
        }

        var scientific = Exponential(value, precision - 1);
        var mark = scientific.IndexOf('e', StringComparison.Ordinal);
        var exponent = int.Parse(scientific[(mark + 1)..], CultureInfo.InvariantCulture);
        return exponent < -4 || exponent >= precision
            ? WithoutZeros(scientific[..mark]) + scientific[mark..]
            : WithoutZeros(NumberReading.Fixed(value, precision - 1 - exponent));
    }

    private static string WithoutZeros(string digits) => digits.Contains('.', StringComparison.Ordinal) ? digits.TrimEnd('0').TrimEnd('.') : digits;

    private static string Group(string digits)
    {
        var first = digits.Length % 3;
        return string.Join(',', digits[first..].Chunk(3).Select(three => new string(three)).Prepend(digits[..first]).Where(part => part.Length > 0));
    }

    private string SignOf(bool negative) => negative ? "-" : Sign is '-' ? "" : Sign.ToString();

    private string Placed(string sign, string text, char ownAlignment, RenderBudget budget)
    {
        var missing = Math.Max(0, Width - sign.Length - Python.LengthOf(text));
        budget.SpendOn(missing);
        var fill = string.Concat(Enumerable.Repeat(Fill, missing));
        return (Align is '\0' ? ownAlignment : Align) switch
        {
            '<' => sign + text + fill,
            '=' => sign + fill + text,
            '^' => string.Concat(Enumerable.Repeat(Fill, missing / 2)) + sign + text + string.Concat(Enumerable.Repeat(Fill, missing - (missing / 2))),
            _ => fill + sign + text,
        };
    }
}
