namespace AngelSlim.Core.Statistics;

/// <summary>A seeded stream of choices: SplitMix64, whose numbers are the same on every machine and in every release of .NET.</summary>
/// <remarks>Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.</remarks>
internal sealed class Chooser(ulong seed)
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    // Mixed, because the state moves on by a constant: plain neighbouring seeds would give one stream, shifted.
    private ulong _state = Mixed(seed);

    /// <summary>The next 64 bits.</summary>
    public ulong Next() => Mixed(_state = unchecked(_state + Golden));

    /// <summary>A number from 0 to below 1, in steps of 2^-53.</summary>
    public double Share() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number from 0 to <paramref name="limit"/> - 1. The bias of the remainder is below 1e-16 for the limits used here.</summary>
    public int Below(int limit) => (int)(Next() % (ulong)limit);

    /// <summary>A number from <paramref name="least"/> to <paramref name="most"/>, both included.</summary>
    public int Between(int least, int most) => least + Below(most - least + 1);

    /// <summary>One of the items.</summary>
    public T Any<T>(params IReadOnlyList<T> items) => items[Below(items.Count)];

    private static ulong Mixed(ulong bits)
    {
        unchecked
        {
            bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
            bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
            return bits ^ (bits >> 31);
        }
    }
}
