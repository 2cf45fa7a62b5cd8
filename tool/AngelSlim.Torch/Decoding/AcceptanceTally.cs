using AngelSlim.Core.Artifacts;

namespace AngelSlim.Torch.Decoding;

/// <summary>Rounds to counts; what is made of the counts stands with <see cref="AcceptanceCounts"/>.</summary>
internal static class AcceptanceTally
{
    /// <summary>Sums over texts.</summary>
    /// <param name="longest">Most tokens that a round can accept: those of a chain (k), or the levels of a tree.</param>
    /// <param name="texts">Speculative texts.</param>
    public static AcceptanceCounts Of(int longest, IReadOnlyCollection<DecodedText> texts) => new()
    {
        Prompts = texts.Count,
        NewTokens = texts.Sum(text => (long)text.Tokens.Count),
        Rounds = texts.Sum(text => (long)text.Rounds.Count),
        AcceptedByPosition = [.. Enumerable.Range(0, longest).Select(position => texts.Sum(text => text.Rounds.LongCount(round => round.Accepted > position)))],
    };
}
