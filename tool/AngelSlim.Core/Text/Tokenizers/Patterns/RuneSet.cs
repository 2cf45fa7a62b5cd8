using System.Runtime.CompilerServices;

namespace AngelSlim.Core.Text.Tokenizers.Patterns;

/// <summary>A set of code points: a bit for each of the first 65,536, the predicate itself beyond.</summary>
/// <remarks>
/// Bits are made in pages, when a text first has a character of one: a pattern has a dozen sets, and most texts are of few scripts.
/// Two threads may make the same page; they make it equal.
/// </remarks>
internal sealed class RuneSet
{
    private const int Basic = 0x10000;
    private const int PageBits = 8;
    private const int WordsOfPage = (1 << PageBits) / 64;

    private readonly ulong[]?[] _pages = new ulong[]?[Basic >> PageBits];
    private readonly Func<int, bool> _contains;

    private RuneSet(Func<int, bool> contains) => _contains = contains;

    /// <summary>All code points that a pure function says yes to.</summary>
    public static RuneSet Where(Func<int, bool> contains) => new(contains);

    /// <summary>True if the set has the code point.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(int rune)
    {
        if (rune >= Basic)
        {
            return _contains(rune);
        }

        var page = _pages[rune >> PageBits] ?? Fill(rune >> PageBits);
        return (page[(rune >> 6) % WordsOfPage] >> rune & 1) != 0;
    }

    private ulong[] Fill(int number)
    {
        var page = new ulong[WordsOfPage];
        for (var low = 0; low < 1 << PageBits; low++)
        {
            if (_contains((number << PageBits) | low))
            {
                page[low >> 6] |= 1UL << low;
            }
        }

        return _pages[number] = page;
    }
}
