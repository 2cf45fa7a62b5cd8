using AngelSlim.Core.Running;

namespace AngelSlim.Cli.Documents;

/// <summary>What <c>runs</c> lists.</summary>
[Form("runs", 1)]
internal sealed record RunsDocument : Document
{
    /// <summary>The latest first.</summary>
    public required IReadOnlyList<PastRunEntry> Runs { get; init; }

    /// <summary>What <c>--before</c> takes to go on; null when there are no earlier runs.</summary>
    public required long? Before { get; init; }

    /// <summary>Of a list.</summary>
    public static RunsDocument Of(IReadOnlyList<PastRun> runs, long? before) => new() { Runs = [.. runs.Select(PastRunEntry.Of)], Before = before };
}

/// <summary>A run.</summary>
internal sealed record PastRunEntry
{
    /// <summary>Its number in this store.</summary>
    public required long Id { get; init; }

    /// <summary>Path of the manifest, as it was given.</summary>
    public required string Manifest { get; init; }

    /// <summary>The experiment's name.</summary>
    public required string Name { get; init; }

    /// <summary>What became of it.</summary>
    public required RunState Outcome { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When it ended; null while it goes on, or when it was killed.</summary>
    public required DateTimeOffset? Ended { get; init; }

    /// <summary>The machine.</summary>
    public required string Host { get; init; }

    /// <summary>Its process.</summary>
    public required int Pid { get; init; }

    /// <summary>Steps that it made.</summary>
    public required int Made { get; init; }

    /// <summary>Steps whose result was there.</summary>
    public required int Cached { get; init; }

    /// <summary>Steps that failed.</summary>
    public required int Failed { get; init; }

    /// <summary>Of a run in the index.</summary>
    public static PastRunEntry Of(PastRun run) => new()
    {
        Id = run.Id,
        Manifest = run.Manifest,
        Name = run.Name,
        Outcome = run.State,
        Started = run.Started,
        Ended = run.Ended,
        Host = run.Place.Host,
        Pid = run.Place.Pid,
        Made = run.Made,
        Cached = run.Cached,
        Failed = run.Failed,
    };
}
