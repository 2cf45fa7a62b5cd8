using AngelSlim.Core.Sharing;

namespace AngelSlim.Cli.Documents;

/// <summary>Which way results go.</summary>
internal enum TransferDirection
{
    /// <summary>To the cache.</summary>
    Push,

    /// <summary>From the cache.</summary>
    Pull,
}

/// <summary>What <c>cache push</c> and <c>cache pull</c> say.</summary>
[Form("transfer", 1)]
internal sealed record TransferDocument : Document
{
    /// <summary>Which way results went.</summary>
    public required TransferDirection Direction { get; init; }

    /// <summary>The cache.</summary>
    public required string Place { get; init; }

    /// <summary>Bytes that were moved.</summary>
    public required long Bytes { get; init; }

    /// <summary>What became of each result.</summary>
    public required IReadOnlyList<TransferDocumentResult> Results { get; init; }

    /// <summary>Of a transfer.</summary>
    public static TransferDocument Of(TransferDirection direction, string place, IReadOnlyList<Transfer> ends) => new()
    {
        Direction = direction,
        Place = place,
        Bytes = ends.DistinctBy(end => end.Key).Sum(end => end.Bytes),
        Results = [.. ends.Select(TransferDocumentResult.Of)],
    };
}

/// <summary>What became of a result.</summary>
internal sealed record TransferDocumentResult
{
    /// <summary>The step of the manifest; null when none was named.</summary>
    public required string? Step { get; init; }

    /// <summary>What kind of step it is: <c>evaluate</c>.</summary>
    public required string Stage { get; init; }

    /// <summary>Digest of everything that the step is asked and reads; null while that is not known.</summary>
    public required string? Key { get; init; }

    /// <summary>What became of it.</summary>
    public required TransferOutcome Outcome { get; init; }

    /// <summary>Bytes that were moved.</summary>
    public required long Bytes { get; init; }

    /// <summary>What is wrong, for people; null when nothing is.</summary>
    public required string? Problem { get; init; }

    /// <summary>Of a transfer.</summary>
    public static TransferDocumentResult Of(Transfer end) => new()
    {
        Step = end.Step,
        Stage = end.Stage,
        Key = end.Key?.Recipe.Hex,
        Outcome = end.Outcome,
        Bytes = end.Bytes,
        Problem = end.Problem?.ToString(),
    };
}
