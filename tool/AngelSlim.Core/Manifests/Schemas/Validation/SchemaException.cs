namespace AngelSlim.Core.Manifests.Schemas.Validation;

/// <summary>The schema itself cannot be followed: a reference leads nowhere or in a circle, a pattern takes too long. Whoever wrote the schema has to mend it.</summary>
/// <param name="message">What it does.</param>
/// <param name="place">Of the keyword.</param>
internal sealed class SchemaException(string message, TextPlace place) : Exception($"{place}: {message}")
{
    /// <summary>Of the keyword.</summary>
    public TextPlace Place { get; } = place;
}
