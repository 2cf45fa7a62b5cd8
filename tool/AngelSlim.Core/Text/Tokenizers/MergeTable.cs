using System.Runtime.CompilerServices;

namespace AngelSlim.Core.Text.Tokenizers;

/// <summary>What a pair becomes.</summary>
/// <param name="Rank">From 0; lower goes first.</param>
/// <param name="Id">The token of both together.</param>
internal readonly record struct Merge(int Rank, int Id);

/// <summary>What pairs of tokens become, by their ids.</summary>
/// <remarks>
/// A table of numbers with open addressing: every pair of neighbours of a word that is not known is looked up here, most of them in
/// vain, and a dictionary's code for such keys would be compiled first in each process. Filled once, then read by any thread.
/// </remarks>
internal sealed class MergeTable
{
    private const ulong GoldenRatio = 0x9E37_79B9_7F4A_7C15;
    private const int LeastBits = 10;

    private Entry[] _entries = new Entry[1 << LeastBits];
    private int _shift = 64 - LeastBits;
    private int _count;

    /// <summary>Sets what a pair becomes; said twice, the later counts.</summary>
    public void Set(int left, int right, Merge merge)
    {
        if (_count * 2 >= _entries.Length)
        {
            Grow();
        }

        ref var entry = ref _entries[PlaceOf(KeyOf(left, right))];
        _count += entry.Key is 0 ? 1 : 0;
        entry = new Entry(KeyOf(left, right), merge);
    }

    /// <summary>What a pair becomes; false if it is never merged.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGet(int left, int right, out Merge merge)
    {
        ref var entry = ref _entries[PlaceOf(KeyOf(left, right))];
        merge = entry.Merge;
        return entry.Key is not 0;
    }

    private static ulong KeyOf(int left, int right) => (((ulong)(uint)left << 32) | (uint)right) + 1;

    /// <summary>Where a key stands, or the empty place where it would.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int PlaceOf(ulong key)
    {
        var place = (int)((key * GoldenRatio) >> _shift);
        while (_entries[place].Key is var other && other != key && other is not 0)
        {
            place = (place + 1) & (_entries.Length - 1);
        }

        return place;
    }

    private void Grow()
    {
        var before = _entries;
        (_entries, _shift) = (new Entry[before.Length * 2], _shift - 1);
        foreach (var entry in before)
        {
            if (entry.Key is not 0)
            {
                _entries[PlaceOf(entry.Key)] = entry;
            }
        }
    }

    /// <param name="Key">Of the pair, plus one; 0 is an empty place.</param>
    /// <param name="Merge">What it becomes.</param>
    private readonly record struct Entry(ulong Key, Merge Merge);
}
