using AngelSlim.Core.Artifacts;

namespace AngelSlim.Core.Planning;

/// <summary>Finds out which steps' results are in the store already.</summary>
/// <remarks>Steps may be looked at from several threads.</remarks>
internal sealed class Planner(ArtifactStore store, SourceDigests sources, IHistory index)
{
    private const int ProducersShown = 6;

    private History _history = new(store, index);

    /// <summary>Earlier results, as they were when the last plan was made.</summary>
    public History History => _history;

    /// <summary>What the index remembers beyond results.</summary>
    public IHistory Index => index;

    /// <summary>Plans all steps: what the user brought is read once, and so is what is known of earlier results.</summary>
    /// <exception cref="Manifests.DataException">A source is not there.</exception>
    /// <exception cref="ArgumentException">A step reads one that does not exist, or itself by a detour.</exception>
    public Plan Make(IReadOnlyList<Step> steps)
    {
        _history = new(store, index);
        var contents = new Dictionary<Artifact, SourceContent>();
        SourceContent Once(Artifact source) => contents.TryGetValue(source, out var content) ? content : contents[source] = sources.Of(source);

        var made = new Dictionary<string, StoredArtifact>(StringComparer.Ordinal);
        var found = new List<PlannedStep>(steps.Count);
        foreach (var step in StepOrder.Of(steps))
        {
            found.Add(Find(step, made, Once));
            if (found[^1].Found is { } artifact)
            {
                made[step.Id] = artifact;
            }
        }

        // Reasons come last: what serves any other step of this plan has not been replaced by this one.
        var serving = made.Values.Select(artifact => artifact.Key).ToHashSet();
        return new([.. found.Select(step => WithReason(step, serving) with { Expected = Expected(step, made) })]);
    }

    /// <summary>Plans one step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="made">Results of earlier steps, by step; one that is not there is waited for.</param>
    public PlannedStep Look(Step step, IReadOnlyDictionary<string, StoredArtifact> made) =>
        WithReason(Find(step, made, sources.Of), made.Values.Select(artifact => artifact.Key).ToHashSet());

    /// <summary>The first file among a step's sources that is not what it was when the step was planned; null when there is none.</summary>
    public string? FirstChange(PlannedStep planned) =>
        planned.Sources.Select(source => sources.FirstChange(source.Key, source.Value)).FirstOrDefault(file => file is not null);

    /// <summary>Whether a step's result is there; a reason only where it costs nothing.</summary>
    private PlannedStep Find(Step step, IReadOnlyDictionary<string, StoredArtifact> made, Func<Artifact, SourceContent> read)
    {
        var brought = step.Sources.ToDictionary(source => source, read);
        var missing = step.ToFetch.Select(model => model.ToString()).Concat(step.Producers.Where(id => !made.ContainsKey(id))).ToList();
        if (missing.Count > 0)
        {
            var more = missing.Count > ProducersShown ? $" and {missing.Count - ProducersShown + 1} more" : "";
            return new(step, StepState.Waits, $"for {string.Join(", ", missing.Take(more.Length > 0 ? ProducersShown - 1 : ProducersShown))}{more}") { Sources = brought };
        }

        var recipe = Recipe.Of(step, made, brought);
        var lookup = store.Find(recipe.Key);
        return lookup.Found is { } found
            ? new(step, StepState.Have, $"made {found.Made.At.UtcDateTime:yyyy-MM-dd HH:mm}Z") { Recipe = recipe, Sources = brought, Found = found }
            : new(step, StepState.Run, lookup.Fault is { } fault ? $"its result is damaged: {fault}" : "") { Recipe = recipe, Sources = brought };
    }

    private PlannedStep WithReason(PlannedStep step, HashSet<StepKey> serving) =>
        step is { State: StepState.Run, Reason: "" } ? step with { Reason = ReasonToRun(step.Step, step.Recipe!, serving) } : step;

    private string ReasonToRun(Step step, Recipe recipe, HashSet<StepKey> serving)
    {
        if (store.Work(recipe.Key).IsStarted)
        {
            return "goes on where it was stopped";
        }

        if (_history.Of(recipe.Stage).Nearest(recipe.Text, earlier => !serving.Contains(earlier.Key)) is not { } nearest)
        {
            return "not made yet";
        }

        return nearest.Key == recipe.Key
            ? $"made {nearest.Made.UtcDateTime:yyyy-MM-dd HH:mm}Z and deleted since"
            : RecipeWords.Of(step, recipe.ChangesFrom(nearest.Recipe));
    }

    private Estimate? Expected(PlannedStep step, Dictionary<string, StoredArtifact> made) =>
        step.State is StepState.Have ? null
        : _history.Of(step.Step.Stage.Name).Likest((step.Recipe ?? Recipe.Of(step.Step, made, step.Sources)).Text) is { } like ? new(like.Bytes, like.Seconds, like.Key)
        : null;
}
