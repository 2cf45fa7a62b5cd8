using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;

namespace AngelSlim.Core.Planning.Explaining;

/// <summary>Explains the steps of a plan by what was made before.</summary>
internal sealed class Explainer
{
    private readonly Plan _plan;
    private readonly Planner _planner;
    private readonly Func<Step, ReadExperiment?> _manifestOf;
    private readonly Dictionary<string, PlannedStep> _steps;
    private readonly Dictionary<string, StoredArtifact> _made;
    private readonly HashSet<StepKey> _serving;
    private readonly Dictionary<ReadExperiment, SettingOrigins> _origins = new(ReferenceEqualityComparer.Instance);

    /// <summary>Takes a plan that was just made.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="planner">That made it.</param>
    /// <param name="manifestOf">What says a step's settings; null when there is no manifest.</param>
    public Explainer(Plan plan, Planner planner, Func<Step, ReadExperiment?> manifestOf)
    {
        (_plan, _planner, _manifestOf) = (plan, planner, manifestOf);
        _steps = plan.Steps.ToDictionary(step => step.Step.Id, StringComparer.Ordinal);
        _made = plan.Steps.Where(step => step.Found is not null).ToDictionary(step => step.Step.Id, step => step.Found!, StringComparer.Ordinal);
        _serving = [.. _made.Values.Select(artifact => artifact.Key)];
    }

    /// <summary>Explains a step.</summary>
    /// <param name="id">The step.</param>
    /// <param name="run">The run to compare with; the nearest earlier result when left out.</param>
    /// <exception cref="UserException">There is no such step, or no such run of it.</exception>
    public Explanation Explain(string id, long? run = null)
    {
        if (!_steps.TryGetValue(id, out var step))
        {
            var known = _plan.Steps.Select(each => each.Step.Id).ToList();
            throw new UserException(ProblemCode.Usage, $"There is no step {Shown.Quoted(id)}{(Suggestion.For(id, known) is { Length: > 0 } near ? near : $"; there are {string.Join(", ", known)}.")}");
        }

        var recipe = RecipeOf(step);
        return new(step, step.State is StepState.Have && run is null ? [] : Compare(step, run is { } number ? StepsOf(number, id) : null))
        {
            Recipe = recipe,
            Inputs = [.. Inputs(step, recipe)],
            Settings = [.. RecipeLeaves.Of(recipe.Text).Where(leaf => RecipeLeaves.IsSetting(leaf.Key)).Select(leaf => Setting(step.Step, leaf.Key, leaf.Value))],
            Making = step.Found is null ? null : _planner.Index.MakingOf(recipe.Key),
            Outputs = _planner.Index.OutputsOf(recipe.Key),
        };
    }

    private IReadOnlyDictionary<string, StepKey?> StepsOf(long run, string id)
    {
        var steps = _planner.Index.StepsOf(run);
        return steps.Count is 0 ? throw new UserException(ProblemCode.Usage, $"This store knows no run {run} that came to a step.")
            : steps.GetValueOrDefault(id) is null ? throw new UserException(ProblemCode.Usage, $"Run {run} did not come to {id}; it came to {string.Join(", ", steps.Where(step => step.Value is not null).Select(step => step.Key))}.")
            : steps;
    }

    /// <summary>The step, and then each step whose output differs, from near to far and each once.</summary>
    private List<Comparison> Compare(PlannedStep step, IReadOnlyDictionary<string, StepKey?>? ofRun)
    {
        var comparisons = new List<Comparison>();
        var open = new Queue<(PlannedStep Step, string? Output)>([(step, null)]);
        var seen = new HashSet<string>(StringComparer.Ordinal) { step.Step.Id };
        while (open.TryDequeue(out var next))
        {
            var comparison = Compare(next.Step, Against(next.Step, next.Output, ofRun));
            comparisons.Add(comparison);
            foreach (var difference in comparison.Differences.Where(difference => difference.Kind is DifferenceKind.Step && seen.Add(difference.Name!)))
            {
                open.Enqueue((_steps[difference.Name!], difference.Was));
            }
        }

        return comparisons;
    }

    private PastResult? Against(PlannedStep step, string? output, IReadOnlyDictionary<string, StepKey?>? ofRun)
    {
        var history = _planner.History.Of(step.Step.Stage.Name);
        if (ofRun is not null)
        {
            return ofRun.GetValueOrDefault(step.Step.Id) is { } key ? history.Find(key) : null;
        }

        var recipe = RecipeOf(step).Text;
        var gaveIt = output is null ? null : history.Nearest(recipe, earlier => earlier.Output.Hex == output);
        return gaveIt ?? (step.State is StepState.Have ? null : history.Nearest(recipe, earlier => !_serving.Contains(earlier.Key)));
    }

    private Comparison Compare(PlannedStep step, PastResult? against)
    {
        if (against is null)
        {
            return new(step, null, []);
        }

        var recipe = RecipeOf(step);
        var differences = recipe.ChangesFrom(against.Recipe).Where(change => !RecipeLeaves.IsInput(change.Path)).Select(change => DifferenceOf(step.Step, change)).OrderBy(each => each.Kind)
            .Concat(new InputComparer(_planner.Index).Differences(step, recipe, against.Recipe)).ToList();
        if (differences.Count is 0 && step.Found is { } found && found.Listing.Digest != against.Output)
        {
            differences.Add(new(DifferenceKind.Output, "", against.Output.Hex, found.Listing.Digest.Hex));
        }

        return new(step, against, differences) { Making = _planner.Index.MakingOf(against.Key) };
    }

    private Difference DifferenceOf(Step step, RecipeChange change)
    {
        if (!RecipeLeaves.IsSetting(change.Path))
        {
            return new(DifferenceKind.Stage, change.Path, change.Was, change.Now);
        }

        var setting = Setting(step, change.Path, change.Now ?? "");
        return new(DifferenceKind.Setting, setting.Path, change.Was, change.Now) { Origin = setting.Origin };
    }

    private TracedSetting Setting(Step step, string path, string value)
    {
        var inManifest = SettingPaths.InManifest(step.Stage.Settings, RecipeLeaves.Within(path));
        if (_manifestOf(step) is not { } read)
        {
            return new(inManifest, value, new(OriginKind.Default));
        }

        if (!_origins.TryGetValue(read, out var origins))
        {
            origins = _origins[read] = new SettingOrigins(read);
        }

        return new(inManifest, value, origins.Of(inManifest));
    }

    private Recipe RecipeOf(PlannedStep step) => step.Recipe ?? Recipe.Of(step.Step, _made, step.Sources);

    private static IEnumerable<ExplainedInput> Inputs(PlannedStep step, Recipe recipe)
    {
        var digests = RecipeInputs.Of(recipe.Text);
        return from input in step.Step.Inputs
               let name = Recipe.InputName(input.Key)
               from item in input.Value.Leaves.Where(leaf => leaf is not (Absent or Unfetched)).Zip(digests[name])
               select new ExplainedInput(
                   name, (item.First as FromStep)?.StepId, (item.First as FromSource)?.Source.Location,
                   Digest.IsDigest(item.Second) ? item.Second : null);
    }
}
