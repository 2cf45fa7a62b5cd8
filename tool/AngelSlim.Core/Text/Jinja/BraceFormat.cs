using System.Globalization;
using System.Text;

namespace AngelSlim.Core.Text.Jinja;

/// <summary><c>"{} {0} {name:>8}".format(…)</c>; members of values (<c>{0.x}</c>) give nothing, as in Jinja2's sandbox for unsafe ones.</summary>
internal static class BraceFormat
{
    public static string Apply(string format, Arguments arguments, Python python)
    {
        var result = new StringBuilder();
        var automatic = 0;
        for (var at = 0; at < format.Length;)
        {
            var unit = format[at];
            if (unit is '{' or '}' && at + 1 < format.Length && format[at + 1] == unit)
            {
                result.Append(unit);
                at += 2;
            }
            else if (unit is '{')
            {
                var close = format.IndexOf('}', at);
                var field = close < 0 ? throw new JinjaFault("expected '}' before end of string") : format[(at + 1)..close];
                result.Append(Field(field, arguments, python, ref automatic));
                RenderBudget.Bound(result.Length);
                at = close + 1;
            }
            else
            {
                result.Append(unit is '}' ? throw new JinjaFault("Single '}' encountered in format string") : unit);
                at++;
            }
        }

        return result.ToString();
    }

    private static string Field(string field, Arguments arguments, Python python, ref int automatic)
    {
        if (field.Contains('{', StringComparison.Ordinal) || field.Contains('!', StringComparison.Ordinal))
        {
            throw new JinjaFault("nested and converted fields of format() are not supported");
        }

        var colon = field.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? field : field[..colon];
        if (name.IndexOfAny(['.', '[']) >= 0)
        {
            return name.Contains("__", StringComparison.Ordinal) ? "" : throw new JinjaFault("members in fields of format() are not supported");
        }

        var index = name.Length is 0 ? automatic++ : int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : -1;
        var value = index >= 0
            ? index < arguments.Positional.Count ? arguments.Positional[index] : throw new JinjaFault("an index of format() is out of range")
            : arguments.Named.TryGetValue(name, out var named) ? named : throw new JinjaFault($"format() has no argument '{name}'");
        return colon < 0 || colon + 1 == field.Length ? python.Str(value) : Specification(field[(colon + 1)..], value).Format(value, python);
    }

    private static FormatSpecification Specification(string text, object? value)
    {
        const string Alignments = "<>=^";
        var at = 0;
        var (fill, align) = (" ", '\0');
        if (text.Length > 1 && Alignments.Contains(text[1], StringComparison.Ordinal))
        {
            (fill, align, at) = (text[..1], text[1], 2);
        }
        else if (Alignments.Contains(text[0], StringComparison.Ordinal))
        {
            (align, at) = (text[0], 1);
        }

        var sign = Take("+- ") ?? '-';
        var prefixed = Take("#") is not null;
        if (Take("0") is not null)
        {
            (fill, align) = (align is '\0' ? "0" : fill, align is '\0' ? '=' : align);
        }

        var width = Number();
        var grouped = Take(",") is not null;
        int? precision = Take(".") is null ? null : Number();
        var type = Take("sdxXobcfFeEgG%") ?? (value is string ? 's' : value is double ? 'g' : Python.Whole(value) is null ? 's' : 'd');
        return at < text.Length
            ? throw new JinjaFault($"the format specification '{text}' is not supported")
            : new FormatSpecification(type) { Fill = fill, Align = align, Sign = sign, Width = width, Grouped = grouped, Precision = precision, Prefixed = prefixed };

        char? Take(string characters) => at < text.Length && characters.Contains(text[at], StringComparison.Ordinal) ? text[at++] : null;

        int Number()
        {
            var start = at;
            while (Take("0123456789") is not null)
            {
            }

            return at == start ? 0 : at - start < 9 ? int.Parse(text[start..at], CultureInfo.InvariantCulture) : throw new JinjaFault("a width or precision is too large");
        }
    }
}
