using AngelSlim.Core.Artifacts;

namespace AngelSlim.Core.Running;

/// <summary>What a step of a run came to.</summary>
internal sealed record PastStep
{
    /// <summary>Its name in the experiment.</summary>
    public required string Id { get; init; }

    /// <summary>What kind of step it is.</summary>
    public required string Stage { get; init; }

    /// <summary>The name of its result; null when it was not known yet.</summary>
    public required StepKey? Key { get; init; }

    /// <summary>How it ended; null while it is at work, and when its run was killed in it.</summary>
    public required StepOutcome? Outcome { get; init; }

    /// <summary>Why it ran, or when its result was made.</summary>
    public required string? Reason { get; init; }

    /// <summary>How long it took in this run; 0 when its result was there.</summary>
    public required double? Seconds { get; init; }

    /// <summary>Bytes of its result; null when there is none.</summary>
    public required long? Bytes { get; init; }

    /// <summary>Digest of its result's files; null when there is none.</summary>
    public required string? Digest { get; init; }

    /// <summary>What a failed attempt said.</summary>
    public string? Message { get; init; }

    /// <summary>The last value of each series of the attempt that made the result, or that was the last to try.</summary>
    public IReadOnlyList<LastValue> Metrics { get; init; } = [];

    /// <summary>What its result was made of.</summary>
    public IReadOnlyList<PastInput> Inputs { get; init; } = [];
}

/// <summary>The last value of a series.</summary>
/// <param name="Name">Of the series.</param>
/// <param name="Step">To which it belongs; null when the series is one value.</param>
/// <param name="Value">Null when it is not finite.</param>
internal sealed record LastValue(string Name, long? Step, double? Value);

/// <summary>What a result was made of.</summary>
/// <param name="Name">What the step calls it.</param>
/// <param name="Digest">Of its content.</param>
/// <param name="From">The result it is; null for what the user brought.</param>
internal sealed record PastInput(string Name, string Digest, StepKey? From);

/// <summary>Whether a run brought what its manifest expected.</summary>
/// <param name="Point">The point of a sweep: its settings; null for a manifest that sweeps nothing.</param>
/// <param name="Verdict">What was expected and found.</param>
internal sealed record PastVerdict(string? Point, Verdict Verdict);

/// <summary>All that the index remembers of one run.</summary>
/// <param name="Run">What it was.</param>
/// <param name="Effective">Its manifest with every default written out, as JSON.</param>
/// <param name="Steps">In the order in which they ended; one that has not ended comes last.</param>
/// <param name="Verdicts">On what the manifest expects.</param>
internal sealed record RunDetail(PastRun Run, string Effective, IReadOnlyList<PastStep> Steps, IReadOnlyList<PastVerdict> Verdicts)
{
    /// <summary>Reads it.</summary>
    public static RunDetail Of(RunDatabase database, PastRun run) => new(
        run,
        (string)database.Scalar("select effective from runs where id = $run", ("$run", run.Id))!,
        new PastSteps(database).InDetail(run.Id),
        database.Rows(
            "select point, tokens, at_least, found from verdicts where run = $run order by rowid",
            row => new PastVerdict(row.IsDBNull(0) ? null : row.GetString(0), new(row.GetString(1), row.GetDouble(2), row.GetDouble(3))),
            ("$run", run.Id)));
}
