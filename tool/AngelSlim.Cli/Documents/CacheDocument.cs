using AngelSlim.Core.Sharing;

namespace AngelSlim.Cli.Documents;

/// <summary>How a result is in a cache.</summary>
internal enum CacheState
{
    /// <summary>It is there; with a manifest every file of it, in its size; after <c>verify</c> every byte.</summary>
    There,

    /// <summary>It was sent in part, and counts for nothing yet.</summary>
    Part,

    /// <summary>It is there, and something is wrong with it.</summary>
    Damaged,

    /// <summary>It is not there.</summary>
    Absent,

    /// <summary>Its key depends on what is neither here nor there.</summary>
    Unknown,
}

/// <summary>What <c>cache list</c> and <c>cache verify</c> say: what a cache has.</summary>
[Form("cache", 1)]
internal sealed record CacheDocument : Document
{
    /// <summary>The cache.</summary>
    public required string Place { get; init; }

    /// <summary>Every byte was read.</summary>
    public required bool Verified { get; init; }

    /// <summary>By key, or in the order of the manifest's steps.</summary>
    public required IReadOnlyList<CacheDocumentEntry> Entries { get; init; }

    /// <summary>Bytes of what is there.</summary>
    public required long Bytes { get; init; }

    /// <summary>Of entries.</summary>
    public static CacheDocument Of(string place, IReadOnlyList<CacheDocumentEntry> entries, bool verified) => new()
    {
        Place = place,
        Verified = verified,
        Entries = entries,
        Bytes = entries.DistinctBy(entry => entry.Key).Sum(entry => entry.Bytes),
    };
}

/// <summary>A result, and how it is in a cache.</summary>
internal sealed record CacheDocumentEntry
{
    /// <summary>The step of the manifest; null when none was named.</summary>
    public required string? Step { get; init; }

    /// <summary>What kind of step it is: <c>evaluate</c>.</summary>
    public required string Stage { get; init; }

    /// <summary>Digest of everything that the step is asked and reads; null while that is not known.</summary>
    public required string? Key { get; init; }

    /// <summary>It is in the store; null when no manifest was named.</summary>
    public required bool? Here { get; init; }

    /// <summary>How it is in the cache.</summary>
    public required CacheState State { get; init; }

    /// <summary>Files of it in the cache.</summary>
    public required int Files { get; init; }

    /// <summary>Bytes of them.</summary>
    public required long Bytes { get; init; }

    /// <summary>What is wrong with it, for people.</summary>
    public required IReadOnlyList<string> Faults { get; init; }

    /// <summary>Of a result of a cache.</summary>
    public static CacheDocumentEntry Of(CachedResult found, IReadOnlyList<string> faults) => new()
    {
        Step = null,
        Stage = found.Key.Stage,
        Key = found.Key.Recipe.Hex,
        Here = null,
        State = faults.Count > 0 ? CacheState.Damaged : StateOf(found),
        Files = found.Files.Count,
        Bytes = found.Bytes,
        Faults = faults,
    };

    /// <summary>Of a step of a plan.</summary>
    public static CacheDocumentEntry Of(SharedStep step) => new()
    {
        Step = step.Planned.Step.Id,
        Stage = step.Planned.Step.Stage.Name,
        Key = step.Key?.Recipe.Hex,
        Here = step.IsHere,
        State = step.There is { } there ? StateOf(there) : CacheState.Unknown,
        Files = step.There?.Files.Count ?? 0,
        Bytes = step.There?.Bytes ?? 0,
        Faults = step.There?.Fault is { } fault ? [fault] : [],
    };

    private static CacheState StateOf(CachedResult found) => found switch
    {
        { Files.Count: 0 } => CacheState.Absent,
        { HasListing: false } => CacheState.Part,
        { Fault: not null } => CacheState.Damaged,
        _ => CacheState.There,
    };
}
