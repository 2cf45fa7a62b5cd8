using System.Text.Json.Nodes;
using AngelSlim.Core.Artifacts;

namespace AngelSlim.Core.Planning;

/// <summary>Finds out which steps' results are in the store already.</summary>
internal sealed class Planner(ArtifactStore store, SourceDigests sources)
{
    private const int DifferencesShown = 3;

    /// <summary>Plans all steps.</summary>
    /// <exception cref="Manifests.DataException">A source is not there.</exception>
    public Plan Make(IReadOnlyList<Step> steps)
    {
        var made = new Dictionary<string, StoredArtifact>();
        var planned = new List<PlannedStep>();
        foreach (var step in InOrder(steps))
        {
            planned.Add(Look(step, made));
            if (planned[^1].Found is { } found)
            {
                made[step.Id] = found;
            }
        }

        return new(planned);
    }

    /// <summary>Plans one step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="made">Results of earlier steps, by step; one that is not there is waited for.</param>
    public PlannedStep Look(Step step, IReadOnlyDictionary<string, StoredArtifact> made)
    {
        var missing = step.Inputs.Values.SelectMany(Producers).Distinct().Where(id => !made.ContainsKey(id)).ToList();
        if (missing.Count > 0)
        {
            return new(step, StepState.Waits, $"for {string.Join(", ", missing)}");
        }

        var brought = step.Inputs.Values.SelectMany(Sources).Distinct().ToDictionary(source => source, sources.Of);
        var recipe = Recipe.Of(step, step.Inputs.ToDictionary(input => input.Key, input => DigestOf(input.Value, made, brought)));
        var lookup = store.Find(recipe.Key);
        return lookup.Found is { } found
            ? new(step, StepState.Have, $"made {found.Made.At:yyyy-MM-dd HH:mm}Z") { Recipe = recipe, Sources = brought, Found = found }
            : new(step, StepState.Run, ReasonToRun(recipe, lookup.Fault, made)) { Recipe = recipe, Sources = brought };
    }

    /// <summary>The first file among a step's sources that is not what it was when the step was planned; null when there is none.</summary>
    public string? FirstChange(PlannedStep planned) =>
        planned.Sources.Select(source => sources.FirstChange(source.Key, source.Value)).FirstOrDefault(file => file is not null);

    /// <summary>Every step after those that it reads; otherwise as given.</summary>
    /// <exception cref="ArgumentException">A step reads one that does not exist, or itself by a detour.</exception>
    public static IReadOnlyList<Step> InOrder(IReadOnlyList<Step> steps)
    {
        var ordered = new List<Step>();
        var open = steps.ToList();
        while (open.Count > 0)
        {
            var ready = open.FindIndex(step => step.Inputs.Values.SelectMany(Producers).All(id => ordered.Exists(done => done.Id == id)));
            if (ready < 0)
            {
                throw new ArgumentException($"These steps read one that does not exist, or each other: {string.Join(", ", open.Select(step => step.Id))}.", nameof(steps));
            }

            ordered.Add(open[ready]);
            open.RemoveAt(ready);
        }

        return ordered;
    }

    private static IEnumerable<string> Producers(StepInput input) => input switch
    {
        FromStep step => [step.StepId],
        FromMany many => many.Items.SelectMany(Producers),
        _ => [],
    };

    private static IEnumerable<Artifact> Sources(StepInput input) => input switch
    {
        FromSource source => [source.Source],
        FromMany many => many.Items.SelectMany(Sources),
        _ => [],
    };

    private static JsonNode? DigestOf(StepInput input, IReadOnlyDictionary<string, StoredArtifact> made, Dictionary<Artifact, SourceContent> brought) => input switch
    {
        FromStep step => made[step.StepId].Listing.Digest.Hex,
        FromSource source => brought[source.Source].Digest.Hex,
        FromMany many => new JsonArray([.. many.Items.Select(item => DigestOf(item, made, brought))]),
        _ => null,
    };

    private string ReasonToRun(Recipe recipe, string? fault, IReadOnlyDictionary<string, StoredArtifact> made)
    {
        if (fault is not null)
        {
            return $"its result is damaged: {fault}";
        }

        if (store.Work(recipe.Key).IsStarted)
        {
            return "goes on where it was stopped";
        }

        // What serves another step of this plan (the same evaluation at another k) has not been replaced by this one.
        var others = made.Values.Select(artifact => artifact.Key).ToHashSet();
        var nearest = store.Of(recipe.Stage).Where(earlier => !others.Contains(earlier.Artifact.Key)).Select(earlier => recipe.DifferencesFrom(earlier.Recipe)).MinBy(differences => differences.Count);
        if (nearest is null)
        {
            return "not made yet";
        }

        var more = nearest.Count - DifferencesShown;
        return string.Join("; ", nearest.Take(DifferencesShown)) + (more > 0 ? $"; and {more} more" : "");
    }
}
