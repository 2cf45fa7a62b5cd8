namespace AngelSlim.Cli.Documents;

/// <summary>What <c>new</c> wrote.</summary>
[Form("new", 1)]
internal sealed record NewDocument : Document
{
    /// <summary>The manifest first, then what it brings; each as a path from the current folder.</summary>
    public required IReadOnlyList<string> Files { get; init; }
}
