namespace AngelSlim.Core.Text.Tokenizers;

/// <summary>A token that is found in the text itself, before words are made.</summary>
internal sealed record AddedToken(int Id, string Content)
{
    /// <summary>Dropped when special tokens are skipped.</summary>
    public bool Special { get; init; }

    /// <summary>Searched in the normalised text, as its own normalised content.</summary>
    public bool Normalized { get; init; }

    /// <summary>Swallows white space before it.</summary>
    public bool SwallowsBefore { get; init; }

    /// <summary>Swallows white space after it.</summary>
    public bool SwallowsAfter { get; init; }

    /// <summary>Not recognised where a letter, mark, digit or connector is its neighbour.</summary>
    public bool SingleWord { get; init; }
}
