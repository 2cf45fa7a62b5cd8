using System.Globalization;
using System.Numerics;

namespace AngelSlim.Core.Manifests.Schemas.Validation;

/// <summary>A number as JSON spells it, with all its digits: <c>0.digits * 10^magnitude</c>. Compared without rounding, however large.</summary>
/// <remarks>Exponents of more than 17 digits are all one: no two numbers that somebody means differ by them.</remarks>
internal readonly record struct ExactNumber : IComparable<ExactNumber>
{
    private const int MostExponentDigits = 17;

    private readonly int _sign;
    private readonly string _digits;
    private readonly long _magnitude;

    private ExactNumber(int sign, string digits, long magnitude) => (_sign, _digits, _magnitude) = (sign, digits, magnitude);

    /// <summary>No digit stands behind the point.</summary>
    public bool IsWhole => _digits.Length <= _magnitude || _sign is 0;

    public static bool operator <(ExactNumber left, ExactNumber right) => left.CompareTo(right) < 0;

    public static bool operator >(ExactNumber left, ExactNumber right) => left.CompareTo(right) > 0;

    public static bool operator <=(ExactNumber left, ExactNumber right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ExactNumber left, ExactNumber right) => left.CompareTo(right) >= 0;

    /// <summary>A number of things.</summary>
    public static ExactNumber Of(int count) => Parse(count.ToString(CultureInfo.InvariantCulture));

    /// <summary>Reads what the JSON grammar calls a number.</summary>
    public static ExactNumber Parse(string text)
    {
        var exponent = text.IndexOfAny(['e', 'E']);
        var mantissa = (exponent < 0 ? text : text[..exponent]).TrimStart('-');
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? mantissa : mantissa[..point];
        var digits = point < 0 ? mantissa : whole + mantissa[(point + 1)..];

        var significant = digits.TrimStart('0');
        if (significant.Length is 0)
        {
            return new(0, "", 0);
        }

        var shift = exponent < 0 ? 0 : Exponent(text[(exponent + 1)..]);
        return new(text[0] is '-' ? -1 : 1, significant.TrimEnd('0'), whole.Length - (digits.Length - significant.Length) + shift);
    }

    /// <inheritdoc/>
    public int CompareTo(ExactNumber other)
    {
        if (_sign != other._sign || _sign is 0)
        {
            return _sign.CompareTo(other._sign);
        }

        var magnitudes = _magnitude.CompareTo(other._magnitude);
        return _sign * (magnitudes is 0 ? string.CompareOrdinal(_digits, other._digits) : magnitudes);
    }

    /// <summary>A whole multiple, with no rounding.</summary>
    /// <param name="unit">Not 0.</param>
    public bool IsMultipleOf(ExactNumber unit)
    {
        if (_sign is 0)
        {
            return true;
        }

        // Both as integers times a power of ten. These integers do not end in 0, so that one that lacks a power of ten cannot be a multiple.
        var power = _magnitude - _digits.Length - (unit._magnitude - unit._digits.Length);
        if (power < 0)
        {
            return false;
        }

        var divisor = Integer(unit._digits);
        return (Integer(_digits) * BigInteger.ModPow(10, power, divisor) % divisor).IsZero;
    }

    private static long Exponent(string text)
    {
        var digits = text.TrimStart('+', '-').TrimStart('0');
        var size = digits.Length is 0 ? 0 : long.Parse(digits.Length <= MostExponentDigits ? digits : new string('9', MostExponentDigits), NumberStyles.None, CultureInfo.InvariantCulture);
        return text[0] is '-' ? -size : size;
    }

    private static BigInteger Integer(string digits) => BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
}
