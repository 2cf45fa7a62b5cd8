using AngelSlim.Core.Artifacts;

namespace AngelSlim.Core.Planning.Graphs;

/// <summary>How a node is drawn.</summary>
internal enum NodeKind
{
    /// <summary>Something that the user brought.</summary>
    Source,

    /// <summary>A step whose result is there.</summary>
    Have,

    /// <summary>A step that will run.</summary>
    Run,

    /// <summary>A step that waits for others.</summary>
    Waits,
}

/// <summary>A box.</summary>
/// <param name="Label">What stands in it; may hold any character.</param>
/// <param name="Kind">How it is drawn.</param>
internal sealed record GraphNode(string Label, NodeKind Kind);

/// <summary>An arrow, by the places of its nodes.</summary>
internal readonly record struct GraphEdge(int From, int To);

/// <summary>A plan as boxes and arrows: sources first, then steps.</summary>
/// <param name="Nodes">Named by their place, so that no id of a step can break the syntax of a drawing.</param>
/// <param name="Edges">From what is read to what reads it, each once.</param>
internal sealed record PlanGraph(IReadOnlyList<GraphNode> Nodes, IReadOnlyList<GraphEdge> Edges)
{
    /// <summary>Of a plan.</summary>
    public static PlanGraph Of(Plan plan)
    {
        var sources = plan.Steps.SelectMany(step => step.Step.Sources).Distinct().ToList();
        var places = sources.Cast<object>().Concat(plan.Steps.Select(step => step.Step.Id)).Index().ToDictionary(each => each.Item, each => each.Index);
        var nodes = sources.Select(source => new GraphNode(NameOf(source), NodeKind.Source)).Concat(plan.Steps.Select(step => new GraphNode(step.Step.Id, KindOf(step.State))));
        var edges = from step in plan.Steps
                    from read in step.Step.Sources.Cast<object>().Concat(step.Step.Producers)
                    select new GraphEdge(places[read], places[step.Step.Id]);
        return new([.. nodes], [.. edges]);
    }

    private static string NameOf(Artifact source) => Path.GetFileName(Path.TrimEndingDirectorySeparator(source.Location)) + (source is SourceFile ? "" : "/");

    private static NodeKind KindOf(StepState state) => state switch
    {
        StepState.Have => NodeKind.Have,
        StepState.Run => NodeKind.Run,
        _ => NodeKind.Waits,
    };
}
