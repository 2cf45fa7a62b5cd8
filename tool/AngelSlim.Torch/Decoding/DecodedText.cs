using System.Text.Json.Serialization;

namespace AngelSlim.Torch.Decoding;

/// <summary>When a text ends.</summary>
/// <param name="MaxNewTokens">At least 1; the end token counts.</param>
/// <param name="EndTokens">The text ends behind the first of these.</param>
internal sealed record DecodeLimits(int MaxNewTokens, IReadOnlySet<long> EndTokens)
{
    /// <summary>How tokens become text, which strings may end; null: nobody reads it.</summary>
    public TextRules? Text { get; init; }
}

/// <summary>One verification step of the target.</summary>
/// <param name="Drafted">Target ids that the draft proposed.</param>
/// <param name="Accepted">
/// How many of them, one behind the other, the target goes on with itself. As vLLM counts: in the last round also those
/// that stand behind the end token or the limit and are cut from the text.
/// </param>
/// <param name="Bonus">The target's own token after the accepted ones.</param>
internal sealed record DecodeRound(IReadOnlyList<long> Drafted, int Accepted, long Bonus)
{
    /// <summary>Of a tree, each token's parent among <see cref="Drafted"/>, -1 for the text; null of a chain.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int>? Parents { get; init; }

    /// <summary>Of a tree, which tokens were accepted; null of a chain, of which they are the first.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int>? Path { get; init; }

    /// <summary>What a judgement of a proposal comes to.</summary>
    public static DecodeRound Of(DraftTree proposal, IReadOnlyList<int> path, long bonus)
    {
        var isChain = proposal.IsChain;
        return new(proposal.Tokens, path.Count, bonus) { Parents = isChain ? null : proposal.Parents, Path = isChain ? null : path };
    }

    /// <summary>Places of the accepted tokens among <see cref="Drafted"/>.</summary>
    public IReadOnlyList<int> Taken() => Path ?? [.. Enumerable.Range(0, Accepted)];

    /// <summary>What the text grows by.</summary>
    public IEnumerable<long> Tokens() => Taken().Select(place => Drafted[place]).Append(Bonus);
}

/// <summary>What came out of a prompt.</summary>
/// <param name="Tokens">The new tokens, with the end token, or the one in which a stop string was whole.</param>
/// <param name="Rounds">Every step after the one that read the prompt and gave the first token; without a draft nothing is drafted in them.</param>
internal sealed record DecodedText(IReadOnlyList<long> Tokens, IReadOnlyList<DecodeRound> Rounds)
{
    /// <summary>What the tokens say, without end token and stop string; null unless <see cref="DecodeLimits.Text"/> says how.</summary>
    [JsonIgnore]
    public string? Text { get; init; }
}
