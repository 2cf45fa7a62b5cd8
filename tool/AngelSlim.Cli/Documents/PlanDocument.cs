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

    /// <summary>Of a plan.</summary>
    public static PlanDocument Of(string manifest, Plan plan) => new() { Manifest = manifest, Steps = [.. plan.Steps.Select(PlanDocumentStep.Of)] };
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

    /// <summary>Of a planned step.</summary>
    public static PlanDocumentStep Of(PlannedStep step) => new()
    {
        Id = step.Step.Id,
        Stage = step.Step.Stage.Name,
        State = step.State,
        Reason = step.Reason,
        Key = step.Recipe?.Key.Recipe.Hex,
        Folder = step.Found?.Folder,
    };
}
