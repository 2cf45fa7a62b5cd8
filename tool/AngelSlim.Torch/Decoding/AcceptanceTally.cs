using AngelSlim.Core.Artifacts;

namespace AngelSlim.Torch.Decoding;

/// <summary>Rounds to counts; what is made of the counts stands with <see cref="AcceptanceCounts"/>.</summary>
internal static class AcceptanceTally
{
    /// <summary>Sums over texts.</summary>
    /// <param name="speculativeTokens">Drafted tokens per round (k).</param>
    /// <param name="texts">Speculative texts.</param>
    public static AcceptanceCounts Of(int speculativeTokens, IReadOnlyCollection<DecodedText> texts) => new()
    {
        Prompts = texts.Count,
        NewTokens = texts.Sum(text => (long)text.Tokens.Count),
        Rounds = texts.Sum(text => (long)text.Rounds.Count),
        AcceptedByPosition = [.. Enumerable.Range(0, speculativeTokens).Select(position => texts.Sum(text => text.Rounds.LongCount(round => round.Accepted > position)))],
    };
}
