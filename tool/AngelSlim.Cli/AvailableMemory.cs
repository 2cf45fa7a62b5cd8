using System.Globalization;

namespace AngelSlim.Cli;

/// <summary>Finds out how much memory programs may still take.</summary>
internal static class AvailableMemory
{
    /// <summary>What the system says is available, but no more than the process may have.</summary>
    /// <param name="meminfo">Linux's <c>/proc/meminfo</c>; where it is not there, only the limit counts.</param>
    /// <param name="limit">Bytes that the process may have: of the machine, or of its container.</param>
    public static long Of(string meminfo, long limit)
    {
        var line = File.Exists(meminfo) ? File.ReadLines(meminfo).FirstOrDefault(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal)) : null;
        return long.TryParse(line?.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture, out var kibibytes)
            ? Math.Min(kibibytes << 10, limit)
            : limit;
    }
}
