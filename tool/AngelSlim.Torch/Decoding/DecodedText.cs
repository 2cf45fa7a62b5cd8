namespace AngelSlim.Torch.Decoding;

/// <summary>When a text ends.</summary>
/// <param name="MaxNewTokens">At least 1; the end token counts.</param>
/// <param name="EndTokens">The text ends behind the first of these.</param>
internal sealed record DecodeLimits(int MaxNewTokens, IReadOnlySet<long> EndTokens);

/// <summary>One verification step of the target.</summary>
/// <param name="Drafted">Target ids that the draft proposed.</param>
/// <param name="Accepted">
/// How many of them, from the first, the target would have chosen itself. As vLLM counts: in the last round also those
/// that stand behind the end token or the limit and are cut from the text.
/// </param>
/// <param name="Bonus">The target's own token after the accepted ones.</param>
internal sealed record DecodeRound(IReadOnlyList<long> Drafted, int Accepted, long Bonus);

/// <summary>What came out of a prompt.</summary>
/// <param name="Tokens">The new tokens, the end token included.</param>
/// <param name="Rounds">Every step after the one that read the prompt and gave the first token; without a draft nothing is drafted in them.</param>
internal sealed record DecodedText(IReadOnlyList<long> Tokens, IReadOnlyList<DecodeRound> Rounds);
