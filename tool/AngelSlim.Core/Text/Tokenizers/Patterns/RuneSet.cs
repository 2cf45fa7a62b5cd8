namespace AngelSlim.Core.Text.Tokenizers.Patterns;

/// <summary>A set of code points: a bit for each of the first 65,536, the predicate itself beyond.</summary>
internal sealed class RuneSet
{
    private const int Basic = 0x10000;

    private readonly ulong[] _bits = new ulong[Basic / 64];
    private readonly Func<int, bool> _contains;

    private RuneSet(Func<int, bool> contains)
    {
        _contains = contains;
        for (var rune = 0; rune < Basic; rune++)
        {
            if (contains(rune))
            {
                _bits[rune >> 6] |= 1UL << rune;
            }
        }
    }

    /// <summary>All code points that a pure function says yes to.</summary>
    public static RuneSet Where(Func<int, bool> contains) => new(contains);

    /// <summary>True if the set has the code point.</summary>
    public bool Contains(int rune) => rune < Basic ? (_bits[rune >> 6] >> rune & 1) != 0 : _contains(rune);
}
