namespace AngelSlim.Core.Stages.Regeneration;

/// <summary>What the target says in one turn.</summary>
/// <param name="Text">Without its end token.</param>
/// <param name="IsCut">It came to the limit of its length: the target did not end it.</param>
internal sealed record Answer(string Text, bool IsCut)
{
    /// <summary>Its tokens, the end token included; null where a server does not tell them.</summary>
    public int[]? Tokens { get; init; }

    /// <summary>How many tokens it has; null where nobody says.</summary>
    public int? NewTokens { get; init; }

    /// <summary>What a server read before it answered, where that is not what the target's own files make of the messages.</summary>
    public int[]? OtherPrompt { get; init; }
}
