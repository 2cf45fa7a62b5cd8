using System.Globalization;
using System.Numerics;

namespace AngelSlim.Core.Text.Jinja;

/// <summary>Numbers from texts and back: the filters <c>int</c>, <c>float</c>, <c>round</c>, <c>filesizeformat</c>.</summary>
internal static class NumberReading
{
    private const int LongestNumber = 1000;

    /// <summary>An int; a text that is none is read as a float and cut; null where neither works.</summary>
    public static BigInteger? Whole(object? value, int radix)
    {
        if (value is string text)
        {
            return OfText(Strip(text), radix) ?? (Float(value) is double number ? Cut(number) : null);
        }

        return value is double fraction ? Cut(fraction) : Python.Whole(value);
    }

    public static double? Float(object? value)
    {
        if (value is not string text)
        {
            return PythonNumbers.Float(value);
        }

        return Strip(text).ToLowerInvariant() switch
        {
            "inf" or "+inf" or "infinity" => double.PositiveInfinity,
            "-inf" or "-infinity" => double.NegativeInfinity,
            "nan" => double.NaN,
            var digits => double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var read) ? read : null,
        };
    }

    /// <summary>Half to even on the binary value; stays a float.</summary>
    public static object Round(Call call)
    {
        var value = PythonNumbers.Float(Python.Defined(call.Subject)) ?? throw new JinjaFault($"'{Python.TypeName(call.Subject)}' cannot be rounded");
        var precision = Math.Clamp(call.Whole(0), -300, 300);
        var method = call.Text(1, "common");
        if (method is "ceil" or "floor")
        {
            var scale = Math.Pow(10, precision);
            return (method is "ceil" ? Math.Ceiling(value * scale) : Math.Floor(value * scale)) / scale;
        }

        if (method is not "common")
        {
            throw new JinjaFault("the method of round is 'common', 'ceil' or 'floor'");
        }

        return precision >= 0
            ? double.Parse(Fixed(value, precision), CultureInfo.InvariantCulture)
            : Math.Round(value / Math.Pow(10, -precision), MidpointRounding.ToEven) * Math.Pow(10, -precision);
    }

    /// <summary>With this many decimals; .NET rounds the exact binary value half away from zero, which differs from Python only at exact halves.</summary>
    public static string Fixed(double value, int decimals)
    {
        if (!double.IsFinite(value))
        {
            return PythonText.Float(value);
        }

        if (decimals < 6 && Math.Abs(value) < 1e9 && Math.ScaleB(value, 1 + decimals) is var scaled && Math.Truncate(scaled) == scaled)
        {
            // Such a value may lie exactly between two decimals; with at most 15 digits, decimal arithmetic keeps it exact.
            return Math.Round((decimal)value, decimals, MidpointRounding.ToEven).ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        }

        return value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    public static object FileSize(Call call)
    {
        var bytes = Float(call.Subject) is double number ? number : throw new JinjaFault("filesizeformat needs a number");
        var unit = call.Truth(0) ? 1024 : 1000;
        string[] names = call.Truth(0) ? ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"] : ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
        if (bytes < unit)
        {
            return bytes is 1 ? "1 Byte" : $"{Math.Truncate(bytes).ToString(CultureInfo.InvariantCulture)} Bytes";
        }

        var index = Math.Min(names.Length - 1, (int)Math.Log(bytes, unit) - 1);
        return $"{Fixed(bytes / Math.Pow(unit, index + 1), 1)} {names[index]}";
    }

    private static string Strip(string text) => StringMethods.Strip(text, null, StringMethods.Side.Both);

    private static BigInteger? Cut(double number) => double.IsFinite(number) ? new BigInteger(Math.Truncate(number)) : null;

    private static BigInteger? OfText(string text, int radix)
    {
        var sign = text.Length > 0 && text[0] is '-' or '+' ? 1 : 0;
        var digits = text[sign..].Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
        var prefix = radix switch { 16 => "0x", 8 => "0o", 2 => "0b", _ => null };
        digits = prefix is not null && digits.StartsWith(prefix, StringComparison.Ordinal) ? digits[2..] : digits;
        if (digits.Length is 0 or > LongestNumber || radix is < 2 or > 36)
        {
            return null;
        }

        var value = BigInteger.Zero;
        foreach (var digit in digits)
        {
            var worth = char.IsAsciiDigit(digit) ? digit - '0' : char.IsAsciiLetterLower(digit) ? digit - 'a' + 10 : 99;
            if (worth >= radix)
            {
                return null;
            }

            value = (value * radix) + worth;
        }

        return text[0] is '-' ? -value : value;
    }
}
