namespace AngelSlim.Core.Text.Tokenizers;

/// <summary>Byte-pair encoding of single words.</summary>
/// <param name="byteIds">The token of each of the 256 bytes, or -1 where the vocabulary has none: such a byte is dropped.</param>
/// <param name="merges">What a pair of tokens becomes, and how early.</param>
/// <param name="whole">Words that are one token whatever the merges say (<c>ignore_merges</c>), as the vocabulary writes them.</param>
internal sealed class BytePairs(int[] byteIds, MergeTable merges, Dictionary<string, int>? whole)
{
    private readonly KnownWords _known = new();

    /// <summary>The word's tokens.</summary>
    /// <param name="word">UTF-16, not empty.</param>
    /// <param name="state">Scratch of the calling thread.</param>
    public Word Encode(ReadOnlySpan<char> word, MergeState state)
    {
        if (_known.Find(word) is { } known)
        {
            return known;
        }

        state.Begin(word);
        var tokens = whole is not null && whole.TryGetValue(ByteAlphabet.Write(state.Bytes), out var id)
            ? new Word([id], [new TextSpan(0, word.Length)])
            : state.Merge(word, byteIds, merges);
        _known.Add(word, tokens);
        return tokens;
    }
}
