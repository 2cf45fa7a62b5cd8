namespace AngelSlim.Core.Text.Tokenizers.Patterns;

/// <summary>A regular expression as a tree.</summary>
internal abstract record PatternNode
{
    /// <summary>True if it can match no character at all.</summary>
    public abstract bool CanBeEmpty { get; }
}

/// <summary>One character of a set.</summary>
internal sealed record OneOf(RuneSet Set) : PatternNode
{
    public override bool CanBeEmpty => false;
}

/// <summary>One after the other.</summary>
internal sealed record InTurn(IReadOnlyList<PatternNode> Parts) : PatternNode
{
    public override bool CanBeEmpty => Parts.All(part => part.CanBeEmpty);
}

/// <summary>The first that leads to a match.</summary>
internal sealed record FirstOf(IReadOnlyList<PatternNode> Choices) : PatternNode
{
    public override bool CanBeEmpty => Choices.Any(choice => choice.CanBeEmpty);
}

/// <summary>As often as possible, from <paramref name="Least"/> to <paramref name="Most"/> times; null is without end.</summary>
internal sealed record Repeated(PatternNode Body, int Least, int? Most) : PatternNode
{
    public override bool CanBeEmpty => Least == 0 || Body.CanBeEmpty;
}

/// <summary>Whether a character of the set is next, without taking it. At the end of the text there is none.</summary>
internal sealed record Ahead(RuneSet Set, bool Wanted) : PatternNode
{
    public override bool CanBeEmpty => true;
}

/// <summary>The end of the text or a place before a line feed.</summary>
internal sealed record LineEnd : PatternNode
{
    public override bool CanBeEmpty => true;
}
