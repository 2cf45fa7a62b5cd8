namespace AngelSlim.Cli.Documents;

/// <summary>What <c>schema --list</c> knows.</summary>
[Form("schemas", 1)]
internal sealed record SchemasDocument : Document
{
    /// <summary>Names that <c>schema NAME</c> takes, in alphabetical order.</summary>
    public required IReadOnlyList<string> Names { get; init; }
}
