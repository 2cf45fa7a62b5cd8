namespace AngelSlim.Cli.Documents;

/// <summary>What a shell has to be told, for programs that set up shells.</summary>
[Form("completion", 1)]
internal sealed record CompletionDocument : Document
{
    /// <summary>bash, zsh, fish or pwsh.</summary>
    public required string Shell { get; init; }

    /// <summary>What the shell evaluates.</summary>
    public required string Script { get; init; }
}
