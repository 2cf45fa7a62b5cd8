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

/// <summary>What a step will probably cost: what the likest earlier result cost.</summary>
/// <param name="Bytes">Of its result.</param>
/// <param name="Seconds">That making it took.</param>
/// <param name="From">The earlier result.</param>
internal sealed record Estimate(long Bytes, double Seconds, StepKey From);

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

    /// <summary>For a step whose result is not there; null when nothing like it was ever made. A plan has it, the look at a single step does not.</summary>
    public Estimate? Expected { get; init; }
}

/// <summary>What a run would do, in the order in which it would.</summary>
/// <param name="Steps">Every step after those that it reads.</param>
internal sealed record Plan(IReadOnlyList<PlannedStep> Steps)
{
    /// <summary>Steps in a state.</summary>
    public int Count(StepState state) => Steps.Count(step => step.State == state);

    /// <summary>Steps that are not there and of which nothing like them was ever made.</summary>
    public IReadOnlyList<PlannedStep> Unknown => [.. ToMake.Where(step => step.Expected is null)];

    /// <summary>Bytes of what is to be made, as far as there is history; a step that waits counts, though its result may turn out to be there.</summary>
    public long ExpectedBytes => ToMake.Sum(step => step.Expected?.Bytes ?? 0);

    /// <summary>Seconds of what is to be made, one step after the other, as far as there is history.</summary>
    public double ExpectedSeconds => ToMake.Sum(step => step.Expected?.Seconds ?? 0);

    private IEnumerable<PlannedStep> ToMake => Steps.Where(step => step.State is not StepState.Have);
}
