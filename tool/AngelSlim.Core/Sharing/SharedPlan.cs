using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Planning;

namespace AngelSlim.Core.Sharing;

/// <summary>A step, and where its result is.</summary>
/// <param name="Planned">Here.</param>
/// <param name="There">In the cache; null while the key is not known.</param>
/// <param name="IsChosen">It is asked for, and not only read by what is.</param>
internal sealed record SharedStep(PlannedStep Planned, CachedResult? There, bool IsChosen)
{
    /// <summary>It is in the store, and whole.</summary>
    public bool IsHere => Planned.Found is not null;

    /// <summary>Its key; null while that depends on what is nowhere.</summary>
    public StepKey? Key => Planned.Recipe?.Key;

    /// <summary>For a transfer.</summary>
    public Wanted Wanted => new(Planned.Step.Id, Planned.Recipe!.Key);
}

/// <summary>Looks for the results of a plan on both sides.</summary>
/// <remarks>A key depends on the bytes of what the step reads; where those are only in the cache, its listing has their digest, and nothing needs to be fetched to know what comes after.</remarks>
/// <param name="planner">Knows the store.</param>
/// <param name="there">Knows the cache.</param>
internal sealed class SharedPlan(Planner planner, CachedResults there)
{
    /// <summary>Looks; the steps come in the order of the plan, one by one.</summary>
    public IEnumerable<SharedStep> Look(Selection selection, CancellationToken cancellation)
    {
        var made = new Dictionary<string, StoredArtifact>(StringComparer.Ordinal);
        foreach (var step in selection.Steps)
        {
            var planned = planner.Look(step, made);
            var cached = planned.Recipe is { } recipe ? there.Find(recipe.Key, cancellation) : null;
            if ((planned.Found ?? (cached is { IsWhole: true } ? cached.Artifact : null)) is { } artifact)
            {
                made[step.Id] = artifact;
            }

            yield return new(planned, cached, selection.Chosen.Contains(step.Id));
        }
    }
}
