using AngelSlim.Cli.Documents;
using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Planning.Graphs;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>What <c>plan</c> was asked.</summary>
internal sealed record PlanOptions(ManifestOptions Manifest, string? Store, string? Graph, bool Json);

/// <summary>Says what a run would do.</summary>
internal sealed class PlanCommand(Machine machine, PlanOptions options)
{
    private static readonly Dictionary<string, Func<PlanGraph, string>> Graphs = new(StringComparer.Ordinal) { ["mermaid"] = MermaidGraph.Of, ["dot"] = DotGraph.Of };

    /// <summary>Does it.</summary>
    /// <exception cref="UserException">The manifest or the options are wrong.</exception>
    public int Execute()
    {
        var draw = Drawing();
        var asked = Asked.Read(machine, options.Manifest, machine.Cores, Fetched.SmallFiles);
        using var store = asked.Open(options.Store, machine.Clock);
        var plan = store.Planner.Make(asked.Steps);
        if (draw is not null)
        {
            machine.Output.Write(draw(PlanGraph.Of(plan)));
            return ExitCode.Done;
        }

        var free = new DriveInfo(store.Artifacts.Root).AvailableFreeSpace;
        machine.Output.WriteLine(options.Json ? PlanDocument.Of(options.Manifest.Path, plan, free, asked.ToFetch).ToJson() : PlanText.Of(plan, free, asked.ToFetch));
        return ExitCode.Done;
    }

    private Func<PlanGraph, string>? Drawing()
    {
        if (options.Graph is not { } name)
        {
            return null;
        }

        if (options.Json)
        {
            throw new UserException(ProblemCode.Usage, "--graph draws and --json lists; leave one of them out.");
        }

        return Graphs.TryGetValue(name, out var draw)
            ? draw
            : throw new UserException(ProblemCode.Usage, $"--graph is {Shown.Quoted(name)}; expected {string.Join(" or ", Graphs.Keys)}.");
    }
}

/// <summary>The verb <c>plan</c>.</summary>
internal sealed class PlanVerb(Choice choice)
{
    /// <summary>A dry run.</summary>
    [Command(Description = "Says which steps would run, why, and what they will probably cost. Runs nothing.")]
    [Example("dotnet angelslim plan experiments/quickstart.json", "dotnet angelslim plan experiments/quickstart.json --graph dot | dot -Tsvg > plan.svg")]
    public void Plan(
        ManifestOptions manifest,
        [Option(ValueName = "folder", Description = Help.Store)] string? store = null,
        [Option(ValueName = "mermaid|dot", Description = "Draw the steps and what they read, for Mermaid or Graphviz")] string? graph = null,
        [Option(Description = Help.Json)] bool json = false) =>
        choice.Verb = machine => new PlanCommand(machine, new(manifest, store, graph, json)).Execute();
}
