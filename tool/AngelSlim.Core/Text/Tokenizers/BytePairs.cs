using System.Collections.Concurrent;
using System.Text;

namespace AngelSlim.Core.Text.Tokenizers;

/// <summary>A word as tokens; the spans are UTF-16 units from the word's beginning.</summary>
internal sealed record Word(int[] Ids, TextSpan[] Spans);

/// <summary>Byte-pair encoding of single words: the pair of lowest rank is merged first, the leftmost among equals.</summary>
/// <param name="byteIds">The token of each of the 256 bytes; null where the vocabulary has none: such a byte is dropped.</param>
/// <param name="merges">What a pair of tokens becomes, and how early.</param>
/// <param name="whole">Words that are one token whatever the merges say (<c>ignore_merges</c>), as the vocabulary writes them.</param>
internal sealed class BytePairs(
    int?[] byteIds, IReadOnlyDictionary<(int Left, int Right), Merge> merges, IReadOnlyDictionary<string, int>? whole)
{
    private const int LongestKept = 64;
    private const int MostKept = 200_000;

    private readonly ConcurrentDictionary<string, Word> _known = new(StringComparer.Ordinal);
    private int _kept;

    /// <summary>The word's tokens, in time n log n.</summary>
    public Word Encode(ReadOnlySpan<char> word)
    {
        var known = _known.GetAlternateLookup<ReadOnlySpan<char>>();
        if (known.TryGetValue(word, out var tokens))
        {
            return tokens;
        }

        tokens = Merged(word);
        if (word.Length <= LongestKept && Interlocked.Increment(ref _kept) <= MostKept)
        {
            known.TryAdd(word, tokens);
        }

        return tokens;
    }

    private Word Merged(ReadOnlySpan<char> word)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(word)];
        Encoding.UTF8.GetBytes(word, bytes);
        if (whole is not null && whole.TryGetValue(ByteAlphabet.Write(bytes), out var id))
        {
            return new Word([id], [new TextSpan(0, word.Length)]);
        }

        var symbols = new List<Symbol>(bytes.Length);
        foreach (var value in bytes)
        {
            if (byteIds[value] is { } symbol)
            {
                symbols.Add(new Symbol(symbol, 1, symbols.Count - 1, symbols.Count + 1));
            }
        }

        var merged = symbols.ToArray();
        Merge(merged);
        return Located(merged, word, bytes.Length);
    }

    private void Merge(Symbol[] symbols)
    {
        var queue = new PriorityQueue<int, (int Rank, int At)>();
        for (var at = 0; at < symbols.Length; at++)
        {
            Offer(queue, symbols, at);
        }

        while (queue.TryDequeue(out var id, out var place))
        {
            ref var left = ref symbols[place.At];
            if (MergeAt(symbols, place.At) is not { } merge || merge.Id != id)
            {
                // One of the two was merged otherwise in the meantime.
                continue;
            }

            ref var right = ref symbols[left.Next];
            left = new Symbol(id, left.Length + right.Length, left.Previous, right.Next);
            right = right with { Length = 0 };
            if (left.Next < symbols.Length)
            {
                symbols[left.Next] = symbols[left.Next] with { Previous = place.At };
                Offer(queue, symbols, place.At);
            }

            if (left.Previous >= 0)
            {
                Offer(queue, symbols, left.Previous);
            }
        }
    }

    private void Offer(PriorityQueue<int, (int Rank, int At)> queue, Symbol[] symbols, int at)
    {
        if (MergeAt(symbols, at) is { } merge)
        {
            queue.Enqueue(merge.Id, (merge.Rank, at));
        }
    }

    private Merge? MergeAt(Symbol[] symbols, int at) =>
        symbols[at].Length > 0 && symbols[at].Next < symbols.Length
            && merges.TryGetValue((symbols[at].Id, symbols[symbols[at].Next].Id), out var merge) ? merge : null;

    /// <summary>
    /// Spans from running byte counts. Dropped bytes do not count, so what follows them in the word shifts to the left: that
    /// is what the reference does.
    /// </summary>
    private static Word Located(Symbol[] symbols, ReadOnlySpan<char> word, int bytes)
    {
        var characters = new TextSpan[bytes];
        var (at, unit) = (0, 0);
        foreach (var rune in word.EnumerateRunes())
        {
            var span = new TextSpan(unit, unit + rune.Utf16SequenceLength);
            characters.AsSpan(at, rune.Utf8SequenceLength).Fill(span);
            (at, unit) = (at + rune.Utf8SequenceLength, span.End);
        }

        var (ids, spans, start) = (new List<int>(), new List<TextSpan>(), 0);
        foreach (var symbol in symbols.Where(symbol => symbol.Length > 0))
        {
            ids.Add(symbol.Id);
            spans.Add(new TextSpan(characters[start].Start, characters[start + symbol.Length - 1].End));
            start += symbol.Length;
        }

        return new Word([.. ids], [.. spans]);
    }

    /// <param name="Id">Its token.</param>
    /// <param name="Length">Bytes; 0 once it is part of the one before.</param>
    /// <param name="Previous">Index of the symbol before, or -1.</param>
    /// <param name="Next">Index of the symbol behind, or the number of symbols.</param>
    private readonly record struct Symbol(int Id, int Length, int Previous, int Next);
}

/// <summary>What a pair becomes.</summary>
/// <param name="Rank">From 0; lower goes first.</param>
/// <param name="Id">The token of both together.</param>
internal readonly record struct Merge(int Rank, int Id);
