using AngelSlim.Core.Hub;
using AngelSlim.Core.Planning;

namespace AngelSlim.Cli.Documents;

/// <summary>What <c>plan</c> says: which steps would run, and why.</summary>
[Form("plan", 1)]
internal sealed record PlanDocument : Document
{
    /// <summary>Path of the manifest, as given.</summary>
    public required string Manifest { get; init; }

    /// <summary>Every step after those that it reads.</summary>
    public required IReadOnlyList<PlanDocumentStep> Steps { get; init; }

    /// <summary>Models of the hub that are not on this machine; a run downloads them before the first step.</summary>
    public required IReadOnlyList<DocumentModel> ToFetch { get; init; }

    /// <summary>All steps together.</summary>
    public required PlanDocumentTotals Totals { get; init; }

    /// <summary>Of a plan.</summary>
    public static PlanDocument Of(string manifest, Plan plan, long freeBytes, IReadOnlyList<Outstanding> models) => new()
    {
        Manifest = manifest,
        ToFetch = [.. models.Select(DocumentModel.Of)],
        Steps = [.. plan.Steps.Select(PlanDocumentStep.Of)],
        Totals = new()
        {
            Have = plan.Count(StepState.Have),
            Run = plan.Count(StepState.Run),
            Waits = plan.Count(StepState.Waits),
            ExpectedSeconds = Math.Round(plan.ExpectedSeconds, 3),
            ExpectedBytes = plan.ExpectedBytes,
            WithoutHistory = [.. plan.Unknown.Select(step => step.Step.Id)],
            FreeBytes = freeBytes,
        },
    };
}

/// <summary>A step of a plan.</summary>
internal sealed record PlanDocumentStep
{
    /// <summary>Its name in this experiment: <c>evaluate-k2</c>.</summary>
    public required string Id { get; init; }

    /// <summary>What kind of step it is: <c>evaluate</c>.</summary>
    public required string Stage { get; init; }

    /// <summary>What will happen to it.</summary>
    public required StepState State { get; init; }

    /// <summary>Why, for people.</summary>
    public required string Reason { get; init; }

    /// <summary>Digest of everything that the step is asked and reads; null while it waits for what it reads.</summary>
    public required string? Key { get; init; }

    /// <summary>Where its result lies; null when it is not made.</summary>
    public required string? Folder { get; init; }

    /// <summary>Bytes of its result; null when it is not made.</summary>
    public required long? Bytes { get; init; }

    /// <summary>Seconds that the likest earlier result took; null when there is none, or nothing to make.</summary>
    public required double? ExpectedSeconds { get; init; }

    /// <summary>Bytes of the likest earlier result; null when there is none, or nothing to make.</summary>
    public required long? ExpectedBytes { get; init; }

    /// <summary>Key of that result.</summary>
    public required string? ExpectedFrom { get; init; }

    /// <summary>Of a planned step.</summary>
    public static PlanDocumentStep Of(PlannedStep step) => new()
    {
        Id = step.Step.Id,
        Stage = step.Step.Stage.Name,
        State = step.State,
        Reason = step.Reason,
        Key = step.Recipe?.Key.Recipe.Hex,
        Folder = step.Found?.Folder,
        Bytes = step.Found?.Listing.Size,
        ExpectedSeconds = step.Expected is { } expected ? Math.Round(expected.Seconds, 3) : null,
        ExpectedBytes = step.Expected?.Bytes,
        ExpectedFrom = step.Expected?.From.Recipe.Hex,
    };
}

/// <summary>What a plan comes to.</summary>
internal sealed record PlanDocumentTotals
{
    /// <summary>Steps whose result is there.</summary>
    public required int Have { get; init; }

    /// <summary>Steps that will run.</summary>
    public required int Run { get; init; }

    /// <summary>Steps that run if what they read comes out otherwise than before.</summary>
    public required int Waits { get; init; }

    /// <summary>Seconds of all that is to be made, one step after the other, as far as there is history.</summary>
    public required double ExpectedSeconds { get; init; }

    /// <summary>Bytes of all that is to be made, as far as there is history.</summary>
    public required long ExpectedBytes { get; init; }

    /// <summary>Steps to be made of which nothing like them was made before.</summary>
    public required IReadOnlyList<string> WithoutHistory { get; init; }

    /// <summary>Bytes that are free where the store lies.</summary>
    public required long FreeBytes { get; init; }
}
