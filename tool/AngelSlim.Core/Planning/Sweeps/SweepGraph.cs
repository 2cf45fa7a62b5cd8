using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Stages;

namespace AngelSlim.Core.Planning.Sweeps;

/// <summary>The steps of one point of a sweep.</summary>
/// <param name="Point">Its settings, and its experiment; without settings the one experiment of a manifest that sweeps nothing.</param>
/// <param name="Steps">Each after those that it reads from; named as in the whole graph.</param>
internal sealed record PointSteps(ReadPoint Point, IReadOnlyList<Step> Steps)
{
    /// <summary>Its settings in short; empty without a sweep.</summary>
    public IReadOnlyList<SweepLabel> Labels { get; init; } = [];

    /// <summary>All of them: <c>unroll=3,tokens=2+4</c>; null without a sweep.</summary>
    public string? Label => Labels.Count is 0 ? null : string.Join(',', Labels);
}

/// <summary>The steps of all points of a sweep; what several points have in common is there once.</summary>
/// <param name="Steps">Each after those that it reads from, point by point.</param>
/// <param name="Points">In the order of the sweep.</param>
internal sealed record SweepGraph(IReadOnlyList<Step> Steps, IReadOnlyList<PointSteps> Points)
{
    /// <summary>The graph of a manifest; without a sweep that of its one experiment.</summary>
    public static SweepGraph Of(ReadExperiment read, StageCatalog catalog)
    {
        if (read.Points.Count is 0)
        {
            var steps = ExperimentResolver.Resolve(read, catalog);
            return new(steps, [new(new([], read), steps)]);
        }

        return new SweepMerge(read.Points, catalog).Graph();
    }
}

/// <summary>Puts the graphs of points together. Steps are the same when stage, settings and all that they read are.</summary>
internal sealed class SweepMerge(IReadOnlyList<ReadPoint> points, StageCatalog catalog)
{
    private readonly Dictionary<string, Merged> _byRecipe = [];
    private readonly List<Merged> _merged = [];

    /// <summary>The whole graph.</summary>
    public SweepGraph Graph()
    {
        var ofPoints = points.Select((point, number) => Merge(ExperimentResolver.Resolve(point.Experiment, catalog), number)).ToArray();
        var labels = new SweepLabels(points);
        var ids = new SweepIds(labels);
        foreach (var siblings in _merged.GroupBy(merged => merged.Step.Id).Select(group => group.ToArray()))
        {
            foreach (var (merged, id) in siblings.Zip(ids.Of(siblings[0].Step.Id, [.. siblings.Select(sibling => sibling.Points)])))
            {
                merged.Id = id;
            }
        }

        var steps = _merged.ToDictionary(merged => merged, merged => merged.Step with { Id = merged.Id, Inputs = merged.Inputs.ToDictionary(input => input.Key, input => Renamed(input.Value)) });
        return new(
            [.. _merged.Select(merged => steps[merged])],
            [.. points.Zip(ofPoints).Select((point, number) => new PointSteps(point.First, [.. point.Second.Select(merged => steps[merged])]) { Labels = labels.Of(number) })]);
    }

    private List<Merged> Merge(IReadOnlyList<Step> steps, int point)
    {
        var own = new Dictionary<string, Merged>();
        foreach (var step in steps)
        {
            var inputs = step.Inputs.ToDictionary(input => input.Key, input => Numbered(input.Value, own));
            var recipe = Recipe.Of(step, inputs.ToDictionary(input => input.Key, input => Told(input.Value))).Text;
            if (!_byRecipe.TryGetValue(recipe, out var merged))
            {
                merged = new(_merged.Count, step, inputs);
                _byRecipe.Add(recipe, merged);
                _merged.Add(merged);
            }

            merged.Points.Add(point);
            own.Add(step.Id, merged);
        }

        return [.. own.Values];
    }

    private static StepInput Numbered(StepInput input, Dictionary<string, Merged> own) => input switch
    {
        FromStep from => new FromMerged(own[from.StepId]),
        FromMany many => new FromMany([.. many.Items.Select(item => Numbered(item, own))]),
        _ => input,
    };

    private static StepInput Renamed(StepInput input) => input switch
    {
        FromMerged from => new FromStep(from.Producer.Id),
        FromMany many => new FromMany([.. many.Items.Select(Renamed)]),
        _ => input,
    };

    /// <summary>In place of the digests, which are not known before the steps have run.</summary>
    private static JsonNode? Told(StepInput input) => input switch
    {
        FromMerged from => from.Producer.Number,
        FromSource source => source.Source.ToString(),
        Unfetched unfetched => unfetched.Model.ToString(),
        FromMany many => new JsonArray([.. many.Items.Select(Told)]),
        _ => null,
    };

    /// <summary>A step with all points that it serves.</summary>
    private sealed record Merged(int Number, Step Step, IReadOnlyDictionary<string, StepInput> Inputs)
    {
        public List<int> Points { get; } = [];

        public string Id { get; set; } = "";

        public bool Equals(Merged? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => Number;
    }

    private sealed record FromMerged(Merged Producer) : StepInput;
}
