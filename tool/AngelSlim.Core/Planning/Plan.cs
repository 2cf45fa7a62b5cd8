using AngelSlim.Core.Artifacts;

namespace AngelSlim.Core.Planning;

/// <summary>What will happen to a step.</summary>
internal enum StepState
{
    /// <summary>Its result is in the store.</summary>
    Have,

    /// <summary>It will run.</summary>
    Run,

    /// <summary>Whether it will run shows when what it reads has been made: equal bytes need no new run.</summary>
    Waits,
}

/// <summary>A step and what will happen to it.</summary>
/// <param name="Step">What is done.</param>
/// <param name="State">Whether it runs.</param>
/// <param name="Reason">Why, in a few words.</param>
internal sealed record PlannedStep(Step Step, StepState State, string Reason)
{
    /// <summary>Known unless the step waits.</summary>
    public Recipe? Recipe { get; init; }

    /// <summary>The result, if it is in the store.</summary>
    public StoredArtifact? Found { get; init; }

    /// <summary>What the user brought for the step, as it was when the recipe was written.</summary>
    public IReadOnlyDictionary<Artifact, SourceContent> Sources { get; init; } = new Dictionary<Artifact, SourceContent>();
}

/// <summary>What a run would do, in the order in which it would.</summary>
/// <param name="Steps">Every step after those that it reads.</param>
internal sealed record Plan(IReadOnlyList<PlannedStep> Steps);
