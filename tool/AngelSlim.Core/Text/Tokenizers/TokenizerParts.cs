namespace AngelSlim.Core.Text.Tokenizers;

/// <summary>What <c>tokenizer.json</c> says, checked and ready to run.</summary>
internal sealed record TokenizerParts
{
    /// <summary>All tokens by id, as the vocabulary writes them; added ones at their ids.</summary>
    public required IReadOnlyList<string> Tokens { get; init; }

    /// <summary>Tokens that are found in the text itself.</summary>
    public required IReadOnlyList<AddedToken> Added { get; init; }

    /// <summary>Text is brought to form C first.</summary>
    public required bool Composes { get; init; }

    /// <summary>Cuts text into words.</summary>
    public required PreTokenizer PreTokenizer { get; init; }

    /// <summary>Makes tokens of words.</summary>
    public required BytePairs BytePairs { get; init; }
}
