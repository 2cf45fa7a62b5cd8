using AngelSlim.Core.Artifacts;

namespace AngelSlim.Torch.Decoding;

/// <summary>Rounds to counts; what is made of the counts stands with <see cref="AcceptanceCounts"/>.</summary>
internal static class AcceptanceTally
{
    /// <summary>Sums over texts.</summary>
    /// <param name="longest">Most tokens that a round can accept: those of a chain (k), or the levels of a tree.</param>
    /// <param name="texts">Speculative texts.</param>
    public static AcceptanceCounts Of(int longest, IReadOnlyCollection<DecodedText> texts) =>
        Of(longest, [.. texts.Select(text => (text.Tokens.Count, (IReadOnlyList<int>)[.. text.Rounds.Select(round => round.Accepted)]))]);

    /// <summary>Sums over texts.</summary>
    /// <param name="longest">As above.</param>
    /// <param name="texts">New tokens, and the accepted tokens of each round.</param>
    public static AcceptanceCounts Of(int longest, IReadOnlyCollection<(int NewTokens, IReadOnlyList<int> Accepted)> texts) => new()
    {
        Prompts = texts.Count,
        NewTokens = texts.Sum(text => (long)text.NewTokens),
        Rounds = texts.Sum(text => (long)text.Accepted.Count),
        AcceptedByPosition = [.. Enumerable.Range(0, longest).Select(position => texts.Sum(text => text.Accepted.LongCount(accepted => accepted > position)))],
    };
}
