using AngelSlim.Core.Running;

namespace AngelSlim.Cli.Documents;

/// <summary>What <c>run</c> says when it ends, also when it failed or was stopped.</summary>
[Form("run", 1)]
internal sealed record RunDocument : Document
{
    /// <summary>The run's number in its store.</summary>
    public required long Run { get; init; }

    /// <summary>Path of the manifest, as given.</summary>
    public required string Manifest { get; init; }

    /// <summary>Path of the report; null when it was not made, and for a sweep, whose points have one each.</summary>
    public required string? Report { get; init; }

    /// <summary>Folder of the exported draft; null when it was not made, and for a sweep, whose points have one each.</summary>
    public required string? Draft { get; init; }

    /// <summary>The steps that are over, each after those that it reads.</summary>
    public required IReadOnlyList<RunDocumentStep> Steps { get; init; }

    /// <summary>What went wrong, in the order in which it happened.</summary>
    public required IReadOnlyList<RunDocumentFailure> Failures { get; init; }

    /// <summary>What the manifest expects, and what came out; empty when the run did not get there.</summary>
    public required IReadOnlyList<RunDocumentExpectation> Expectations { get; init; }

    /// <summary>The points of the sweep, in its order; empty for a manifest that sweeps nothing.</summary>
    public required IReadOnlyList<DocumentPoint> Points { get; init; }

    /// <summary>Of a run that is over.</summary>
    /// <param name="run">Its number, and the manifest's path as given.</param>
    /// <param name="steps">That are over, each after those that it reads.</param>
    /// <param name="failures">In the order in which they happened.</param>
    /// <param name="points">Of the sweep; without one the one experiment.</param>
    public static RunDocument Of((long Id, string Manifest) run, IReadOnlyList<StepResult> steps, IReadOnlyList<StepFailure> failures, IReadOnlyList<PointResult> points)
    {
        var sweep = points.Where(point => point.Point.Point.Settings.Count > 0).ToArray();
        return new()
        {
            Run = run.Id,
            Manifest = run.Manifest,
            Report = sweep.Length is 0 ? points[0].Report : null,
            Draft = sweep.Length is 0 ? points[0].Draft : null,
            Steps = [.. steps.Select(RunDocumentStep.Of)],
            Failures = [.. failures.Select(RunDocumentFailure.Of)],
            Expectations = [.. points.SelectMany(point => point.Verdicts.Select(verdict => RunDocumentExpectation.Of(point.Point.Label, verdict)))],
            Points = [.. sweep.Select(DocumentPoint.Of)],
        };
    }
}

/// <summary>A step of a run.</summary>
internal sealed record RunDocumentStep
{
    /// <summary>Its name in this experiment: <c>evaluate-k2</c>.</summary>
    public required string Id { get; init; }

    /// <summary>What kind of step it is: <c>evaluate</c>.</summary>
    public required string Stage { get; init; }

    /// <summary>How it ended.</summary>
    public required StepOutcome Outcome { get; init; }

    /// <summary>How long it took; 0 when its result was there.</summary>
    public required double Seconds { get; init; }

    /// <summary>Digest of the result's files; null when there is none.</summary>
    public required string? Digest { get; init; }

    /// <summary>Where its result lies; null when there is none.</summary>
    public required string? Folder { get; init; }

    /// <summary>Where its partial work and its <c>log.ndjson</c> lie, when it was stopped or failed; null otherwise.</summary>
    public required string? Work { get; init; }

    /// <summary>Of a step that is over.</summary>
    public static RunDocumentStep Of(StepResult result) => new()
    {
        Id = result.StepId,
        Stage = result.Stage,
        Outcome = result.Outcome,
        Seconds = Math.Round(result.Seconds, 3),
        Digest = result.Digest,
        Folder = result.Folder,
        Work = result.Work,
    };
}

/// <summary>Something that went wrong.</summary>
internal sealed record RunDocumentFailure
{
    /// <summary>The step; null when it was the run itself.</summary>
    public required string? Step { get; init; }

    /// <summary>As it is told on standard error.</summary>
    public required string Message { get; init; }

    /// <summary>Of a step that failed.</summary>
    public static RunDocumentFailure Of(StepFailure failure) => new() { Step = failure.StepId, Message = failure.Cause.Message };
}

/// <summary>An expectation of the manifest.</summary>
internal sealed record RunDocumentExpectation
{
    /// <summary>Of which point of a sweep: its settings; null for a manifest that sweeps nothing.</summary>
    public required string? Point { get; init; }

    /// <summary>Speculative tokens, as the manifest spells them.</summary>
    public required string Tokens { get; init; }

    /// <summary>The acceptance length that was expected.</summary>
    public required double AtLeast { get; init; }

    /// <summary>The acceptance length that was measured.</summary>
    public required double AcceptanceLength { get; init; }

    /// <summary>It is long enough.</summary>
    public required bool Met { get; init; }

    /// <summary>Of a verdict.</summary>
    /// <param name="point">Of a sweep: its settings; null for a manifest that sweeps nothing.</param>
    /// <param name="verdict">What was expected and found.</param>
    public static RunDocumentExpectation Of(string? point, Verdict verdict) => new()
    {
        Point = point,
        Tokens = verdict.Tokens,
        AtLeast = verdict.AtLeast,
        AcceptanceLength = verdict.Found,
        Met = verdict.IsMet,
    };
}
