using AngelSlim.Core.Manifests.Reading;

namespace AngelSlim.Core.Manifests.Schemas.Validation;

/// <summary>One rule of a schema that a value breaks.</summary>
/// <param name="Keyword">The rule.</param>
/// <param name="Path">Of what is wrong, dotted, items in brackets: <c>data.train[0]</c>; of a member that is missing or unknown, its own.</param>
/// <param name="Schema">The schema with the rule.</param>
/// <param name="Value">What the schema was held against.</param>
internal sealed record SchemaFinding(string Keyword, string Path, LocatedValue Schema, LocatedValue Value)
{
    /// <summary>Of what is wrong.</summary>
    public TextPlace Place { get; init; } = Value.Place;

    /// <summary>The member that is missing or unknown.</summary>
    public string Member { get; init; } = "";
}
