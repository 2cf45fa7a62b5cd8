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

    /// <summary>Path of the report; null when it was not made.</summary>
    public required string? Report { get; init; }

    /// <summary>Folder of the exported draft; null when it was not made.</summary>
    public required string? Draft { get; init; }

    /// <summary>The steps that are over, in that order.</summary>
    public required IReadOnlyList<RunDocumentStep> Steps { get; init; }

    /// <summary>What the manifest expects, and what came out; empty when the run did not get there.</summary>
    public required IReadOnlyList<RunDocumentExpectation> Expectations { get; init; }
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

    /// <summary>Of a step that is over.</summary>
    public static RunDocumentStep Of(StepResult result) => new()
    {
        Id = result.StepId,
        Stage = result.Stage,
        Outcome = result.Outcome,
        Seconds = Math.Round(result.Seconds, 3),
        Digest = result.Digest,
        Folder = result.Folder,
    };
}

/// <summary>An expectation of the manifest.</summary>
internal sealed record RunDocumentExpectation
{
    /// <summary>Speculative tokens, as the manifest spells them.</summary>
    public required string Tokens { get; init; }

    /// <summary>The acceptance length that was expected.</summary>
    public required double AtLeast { get; init; }

    /// <summary>The acceptance length that was measured.</summary>
    public required double AcceptanceLength { get; init; }

    /// <summary>It is long enough.</summary>
    public required bool Met { get; init; }

    /// <summary>Of a verdict.</summary>
    public static RunDocumentExpectation Of(Verdict verdict) => new()
    {
        Tokens = verdict.Tokens,
        AtLeast = verdict.AtLeast,
        AcceptanceLength = verdict.Found,
        Met = verdict.IsMet,
    };
}
