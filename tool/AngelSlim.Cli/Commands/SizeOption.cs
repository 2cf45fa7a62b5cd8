using System.Globalization;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Cli.Commands;

/// <summary>Sizes as people write them: a number and a unit of 1024, <c>8G</c>, <c>512MiB</c>, <c>1.5t</c>.</summary>
internal static class SizeOption
{
    private const double Most = 1L << 60;
    private static readonly string[] Units = ["", "K", "M", "G", "T"];

    /// <summary>In bytes.</summary>
    /// <param name="option">Its name.</param>
    /// <param name="text">What was given.</param>
    /// <exception cref="UserException">It is no size.</exception>
    public static long Bytes(string option, string text)
    {
        var unit = text.TrimStart("0123456789.".ToCharArray());
        var power = Array.IndexOf(Units, unit.ToUpperInvariant().Replace("IB", "", StringComparison.Ordinal).TrimEnd('B'));
        return power >= 0 && double.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number * Math.Pow(1024, power) is >= 1 and <= Most and var bytes
            ? (long)bytes
            : throw new UserException(ProblemCode.Usage, $"{option} is a size such as 512M or 8G (units K, M, G, T of 1024), not '{text}'.");
    }
}
