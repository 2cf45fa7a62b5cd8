using AngelSlim.Core.Running;

namespace AngelSlim.Cli.Documents;

/// <summary>What <c>status</c> says about a store.</summary>
[Form("status", 1)]
internal sealed record StatusDocument : Document
{
    /// <summary>The latest runs, the latest first.</summary>
    public required IReadOnlyList<StatusDocumentRun> Runs { get; init; }

    /// <summary>Results that are not complete.</summary>
    public required IReadOnlyList<StatusDocumentWork> Work { get; init; }

    /// <summary>Of what the store knows.</summary>
    public static StatusDocument Of(StoreStatus status) => new()
    {
        Runs = [.. status.Runs.Select(StatusDocumentRun.Of)],
        Work = [.. status.Work.Select(StatusDocumentWork.Of)],
    };
}

/// <summary>A run.</summary>
internal sealed record StatusDocumentRun
{
    /// <summary>Its number in this store.</summary>
    public required long Id { get; init; }

    /// <summary>Path of the manifest, as it was given.</summary>
    public required string Manifest { get; init; }

    /// <summary>The experiment's name.</summary>
    public required string Name { get; init; }

    /// <summary>When it began, UTC.</summary>
    public required string Started { get; init; }

    /// <summary>When it ended, UTC; null while it goes on, or when it was killed.</summary>
    public required string? Ended { get; init; }

    /// <summary><c>made</c>, <c>stopped</c> or <c>failed</c>; null as <see cref="Ended"/>.</summary>
    public required string? Outcome { get; init; }

    /// <summary>Steps that it made.</summary>
    public required long Made { get; init; }

    /// <summary>Steps whose result was there.</summary>
    public required long Cached { get; init; }

    /// <summary>Of a run in the index.</summary>
    public static StatusDocumentRun Of(PastRun run) => new()
    {
        Id = run.Id,
        Manifest = run.Manifest,
        Name = run.Name,
        Started = run.Started,
        Ended = run.Ended,
        Outcome = run.Outcome,
        Made = run.Made,
        Cached = run.Cached,
    };
}

/// <summary>A result that is not complete.</summary>
internal sealed record StatusDocumentWork
{
    /// <summary>What kind of step makes it.</summary>
    public required string Stage { get; init; }

    /// <summary>Digest of everything that the step is asked and reads.</summary>
    public required string Key { get; init; }

    /// <summary>Items that are done and kept.</summary>
    public required int Items { get; init; }

    /// <summary>Who works on it; null when nobody does.</summary>
    public required string? Holder { get; init; }

    /// <summary>Of partial work.</summary>
    public static StatusDocumentWork Of(PartialWork partial) => new()
    {
        Stage = partial.Key.Stage,
        Key = partial.Key.Recipe.Hex,
        Items = partial.Items,
        Holder = partial.Holder?.ToString(),
    };
}
