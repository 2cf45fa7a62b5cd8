using System.Runtime.CompilerServices;

namespace AngelSlim.Core.Text.Tokenizers;

/// <summary>A word as tokens; the spans are UTF-16 units from the word's beginning.</summary>
internal sealed record Word(int[] Ids, TextSpan[] Spans);

/// <summary>Words that were met, so that each is merged once. Several threads may look and add: entries are only ever put before others.</summary>
/// <remarks>In place of a concurrent dictionary, whose code for keys that are spans is compiled anew in each process, and slow until it is.</remarks>
internal sealed class KnownWords
{
    private const int Chains = 1 << 16;
    private const int LongestKept = 64;
    private const int MostKept = 200_000;

    private readonly Entry?[] _chains = new Entry?[Chains];
    private int _kept;

    /// <summary>The word's tokens, or null if it is not known.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Word? Find(ReadOnlySpan<char> word)
    {
        for (var entry = Volatile.Read(ref ChainOf(word)); entry is not null; entry = entry.Next)
        {
            if (word.SequenceEqual(entry.Text))
            {
                return entry.Word;
            }
        }

        return null;
    }

    /// <summary>Keeps a word, unless it is long or there are many. Two threads may keep the same: they made it equal.</summary>
    public void Add(ReadOnlySpan<char> word, Word tokens)
    {
        if (word.Length > LongestKept || Volatile.Read(ref _kept) >= MostKept || Interlocked.Increment(ref _kept) > MostKept)
        {
            return;
        }

        ref var chain = ref ChainOf(word);
        var text = word.ToString();
        Entry? first;
        do
        {
            first = Volatile.Read(ref chain);
        }
        while (Interlocked.CompareExchange(ref chain, new Entry(text, tokens, first), first) != first);
    }

    private ref Entry? ChainOf(ReadOnlySpan<char> word) => ref _chains[string.GetHashCode(word) & (Chains - 1)];

    private sealed class Entry(string text, Word word, Entry? next)
    {
        public string Text { get; } = text;

        public Word Word { get; } = word;

        public Entry? Next { get; } = next;
    }
}
