using System.Globalization;
using System.Text;

namespace AngelSlim.Core.Text.Jinja;

/// <summary><c>"%s of %d" % (a, b)</c></summary>
internal static class PercentFormat
{
    public static string Apply(string format, object? values, Python python)
    {
        var result = new StringBuilder();
        python.Budget.SpendOn(format.Length);
        var queue = new Queue<object?>(values is PythonList { IsTuple: true } tuple ? python.Items(tuple) : [values]);
        for (var at = 0; at < format.Length;)
        {
            if (format[at] is not '%')
            {
                result.Append(format[at++]);
                continue;
            }

            at = Conversion(format, at + 1, result, Next);
            RenderBudget.Bound(result.Length);
        }

        return queue.Count > 0 && values is not PythonDict && !(values is PythonList { IsTuple: false } && !format.Contains('%', StringComparison.Ordinal))
            ? throw new JinjaFault("not all arguments converted during string formatting")
            : result.ToString();

        string Next(FormatSpecification specification) => queue.TryDequeue(out var value)
            ? specification.Format(value, python)
            : throw new JinjaFault("not enough arguments for format string");
    }

    private static int Conversion(string format, int at, StringBuilder result, Func<FormatSpecification, string> next)
    {
        var flags = Taken(format, ref at, "-+ 0#");
        var width = Taken(format, ref at, "0123456789");
        string? precision = null;
        if (at < format.Length && format[at] is '.')
        {
            at++;
            precision = Taken(format, ref at, "0123456789");
        }

        if (at >= format.Length)
        {
            throw new JinjaFault("incomplete format");
        }

        var type = format[at] is 'i' or 'u' ? 'd' : format[at];
        result.Append(type is '%' ? "%" : next(Specification(type, flags, Number(width), precision is null ? null : Number(precision))));
        return at + 1;
    }

    private static FormatSpecification Specification(char type, string flags, int width, int? precision)
    {
        var left = flags.Contains('-', StringComparison.Ordinal);
        var zeros = !left && flags.Contains('0', StringComparison.Ordinal) && type is not ('s' or 'r');
        return new FormatSpecification(type)
        {
            Align = left ? '<' : zeros ? '=' : '>',
            Fill = zeros ? "0" : " ",
            Sign = flags.Contains('+', StringComparison.Ordinal) ? '+' : flags.Contains(' ', StringComparison.Ordinal) ? ' ' : '-',
            Width = width,
            Precision = precision,
            Prefixed = flags.Contains('#', StringComparison.Ordinal),
        };
    }

    private static string Taken(string format, ref int at, string characters)
    {
        var start = at;
        while (at < format.Length && characters.Contains(format[at], StringComparison.Ordinal))
        {
            at++;
        }

        return format[start..at];
    }

    private static int Number(string digits) => digits.Length is 0 ? 0
        : digits.Length < 9 ? int.Parse(digits, CultureInfo.InvariantCulture) : throw new JinjaFault("a width or precision is too large");
}
