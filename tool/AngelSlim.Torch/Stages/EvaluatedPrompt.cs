using System.Text.Json.Serialization;
using AngelSlim.Torch.Decoding;

namespace AngelSlim.Torch.Stages;

/// <summary>One prompt of an evaluation, round by round: a line of <c>rounds.jsonl</c>.</summary>
/// <param name="Source">The file that it is from, or <c>heldout</c>.</param>
/// <param name="Prompt">Its name there.</param>
/// <param name="PromptTokens">Tokens that the target read before it answered.</param>
/// <param name="EqualsPlain">Whether the target alone gives the same text; null when words were drawn.</param>
/// <param name="Text">The new tokens, and the rounds in which they came.</param>
internal sealed record PromptRounds(string Source, string Prompt, int PromptTokens, bool? EqualsPlain, DecodedText Text)
{
    /// <summary>For each new token but the last, how many tokens drafted behind it the target goes on with; null of trees and of drawn words.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int>? Matches { get; init; }

    /// <summary>Whether they make the rounds that decoding made.</summary>
    public bool MatchesRounds(int tokens) =>
        Matches is { } matches && DraftWalk.Rounds(matches, tokens).SequenceEqual(Text.Rounds.Select(round => round.Accepted));
}

/// <summary>A line of the evaluation's journal.</summary>
/// <param name="Rounds">What does not depend on the clock.</param>
/// <param name="PlainNewTokens">New tokens without the draft.</param>
/// <param name="PlainSeconds">Wall seconds without the draft.</param>
/// <param name="SpeculativeSeconds">Wall seconds with it.</param>
internal sealed record EvaluatedPrompt(PromptRounds Rounds, int PlainNewTokens, double PlainSeconds, double SpeculativeSeconds);
