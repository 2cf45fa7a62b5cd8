using System.Runtime.CompilerServices;
using System.Text;

namespace AngelSlim.Core.Text.Tokenizers;

/// <summary>The symbols of one word while they are merged. One for a thread, used again from word to word.</summary>
internal sealed class MergeState
{
    private const int None = -1;

    private readonly MergeQueue _waiting = new();
    private byte[] _bytes = new byte[64];
    private TextSpan[] _characters = new TextSpan[64];
    private Symbol[] _symbols = new Symbol[64];
    private int _count;

    /// <summary>The word that was begun, in UTF-8.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    private int Length { get; set; }

    /// <summary>A new word.</summary>
    public void Begin(ReadOnlySpan<char> word)
    {
        var most = Encoding.UTF8.GetMaxByteCount(word.Length);
        if (most > _bytes.Length)
        {
            (_bytes, _characters, _symbols) = (new byte[most * 2], new TextSpan[most * 2], new Symbol[most * 2]);
        }

        Length = Encoding.UTF8.GetBytes(word, _bytes);
    }

    /// <summary>The word's tokens: the pair of lowest rank is merged first, the leftmost among equals; in time n log n.</summary>
    /// <param name="word">The word that was begun.</param>
    /// <param name="byteIds">The token of each of the 256 bytes, or -1.</param>
    /// <param name="merges">What pairs become.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Word Merge(ReadOnlySpan<char> word, int[] byteIds, MergeTable merges)
    {
        _count = 0;
        foreach (var value in Bytes)
        {
            if (byteIds[value] is not None and var id)
            {
                _symbols[_count] = new Symbol(id, 1, _count - 1, _count + 1, None);
                _count++;
            }
        }

        for (var at = 0; at < _count - 1; at++)
        {
            Offer(at, merges);
        }

        var left = _count;
        while (_waiting.TryPop(out var at, out var id))
        {
            if (_symbols[at].Becomes != id)
            {
                // One of the two was merged otherwise in the meantime.
                continue;
            }

            MergeAt(at, merges);
            left--;
        }

        return Located(word, left);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MergeAt(int at, MergeTable merges)
    {
        ref var left = ref _symbols[at];
        ref var right = ref _symbols[left.Next];
        left = new Symbol(left.Becomes, left.Length + right.Length, left.Previous, right.Next, None);
        right = default(Symbol) with { Becomes = None };
        if (left.Next < _count)
        {
            _symbols[left.Next] = _symbols[left.Next] with { Previous = at };
            Offer(at, merges);
        }

        if (left.Previous >= 0)
        {
            Offer(left.Previous, merges);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Offer(int at, MergeTable merges)
    {
        ref var symbol = ref _symbols[at];
        if (merges.TryGet(symbol.Id, _symbols[symbol.Next].Id, out var merge))
        {
            symbol = symbol with { Becomes = merge.Id };
            _waiting.Push(merge.Rank, at, merge.Id);
        }
        else
        {
            symbol = symbol with { Becomes = None };
        }
    }

    /// <summary>
    /// Spans from running byte counts. Dropped bytes do not count, so what follows them in the word shifts to the left: that
    /// is what the reference does.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Word Located(ReadOnlySpan<char> word, int count)
    {
        var (at, unit) = (0, 0);
        foreach (var rune in word.EnumerateRunes())
        {
            var span = new TextSpan(unit, unit + rune.Utf16SequenceLength);
            _characters.AsSpan(at, rune.Utf8SequenceLength).Fill(span);
            (at, unit) = (at + rune.Utf8SequenceLength, span.End);
        }

        var (ids, spans, start) = (new int[count], new TextSpan[count], 0);
        for (var (token, symbol) = (0, 0); token < count; token++)
        {
            var (id, length, _, next, _) = _symbols[symbol];
            ids[token] = id;
            spans[token] = new TextSpan(_characters[start].Start, _characters[start + length - 1].End);
            (start, symbol) = (start + length, next);
        }

        return new Word(ids, spans);
    }

    /// <param name="Id">Its token.</param>
    /// <param name="Length">Bytes.</param>
    /// <param name="Previous">Index of the symbol before, or -1.</param>
    /// <param name="Next">Index of the symbol behind, or the number of symbols.</param>
    /// <param name="Becomes">What it makes with the symbol behind; -1 if nothing, or if it is part of the one before.</param>
    private readonly record struct Symbol(int Id, int Length, int Previous, int Next, int Becomes);
}
