namespace AngelSlim.Core.Statistics;

/// <summary>What a draft had accepted in one prompt: all that any figure of acceptance is made of.</summary>
/// <param name="Source">The file that the prompt is from, or <c>heldout</c>.</param>
/// <param name="Prompt">Its name there.</param>
/// <param name="Rounds">Verification steps of the target; 0 when the first token ended the text.</param>
/// <param name="NewTokens">New tokens of the text, the end token and that of the prompt's own step included.</param>
/// <param name="AcceptedByPosition">Rounds in which the drafted tokens up to and including each were accepted; index 0 is the first.</param>
internal sealed record PromptCounts(string Source, string Prompt, int Rounds, int NewTokens, IReadOnlyList<int> AcceptedByPosition)
{
    /// <summary>Accepted drafted tokens.</summary>
    public int Accepted => AcceptedByPosition.Sum();

    /// <summary>Says which prompt it is.</summary>
    public (string Source, string Prompt) Name => (Source, Prompt);
}

/// <summary>How counts become one acceptance length. Programs differ, and their numbers with them; what is compared is of one kind.</summary>
internal enum Estimator
{
    /// <summary>1 + Σ accepted / Σ rounds over all prompts: what vLLM reports.</summary>
    RatioOfSums,

    /// <summary>The mean over prompts of 1 + accepted / rounds: what AngelSlim reports. A prompt without a round does not count.</summary>
    MeanOfPrompts,

    /// <summary>Σ new tokens / Σ rounds: what SGLang reports. A last round that was cut counts as what is left of it, and the token of the prompt's own step counts.</summary>
    TokensPerVerify,
}
