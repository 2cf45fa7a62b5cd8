using System.Globalization;
using System.Text.Json.Nodes;
using AngelSlim.Cli.Documents;
using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Manifests.Schemas;
using AngelSlim.Core.Planning.Explaining;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>What <c>explain</c> was asked.</summary>
internal sealed record ExplainOptions(ManifestOptions Manifest, string? Step, string? Value, string? Against, string? Store)
{
    /// <summary>One document instead of text.</summary>
    public bool Json { get; init; }
}

/// <summary>Says why a step is there or runs, or where a value comes from.</summary>
internal sealed class ExplainCommand(Machine machine, ExplainOptions options)
{
    /// <summary>Does it.</summary>
    /// <exception cref="UserException">The manifest or the options are wrong.</exception>
    public int Execute()
    {
        if (options.Step is null == options.Value is null)
        {
            throw new UserException(ProblemCode.Usage, "explain takes a step or --value, one of them: explain FILE train, or explain FILE --value training.unroll; plan FILE lists the steps.");
        }

        machine.Output.WriteLine(options.Value is { } path ? Value(path) : Step(options.Step!));
        return ExitCode.Done;
    }

    private string Value(string path)
    {
        if (options.Against is not null)
        {
            throw new UserException(ProblemCode.Usage, "--against compares a step with a run's; leave it out beside --value.");
        }

        var settings = new SettingOrigins(Asked.ReadManifest(machine, options.Manifest).Read).Beneath(path);
        var schema = JsonNode.Parse(File.ReadAllText(Path.Combine(machine.ProgramFolder, "schemas", "experiment.schema.json")))!;
        var description = SettingDescription.Of(schema, path);
        return options.Json ? ValueDocument.Of(options.Manifest.Path, path, settings, description).ToJson() : ExplanationText.Of(settings, description);
    }

    private string Step(string id)
    {
        var run = Run();
        var asked = Asked.Read(machine, options.Manifest, machine.Cores);
        using var store = asked.Open(options.Store, machine.Clock);
        var manifests = asked.Graph.Points.SelectMany(point => point.Steps.Select(step => (step.Id, point.Point.Experiment))).DistinctBy(each => each.Id).ToDictionary(each => each.Id, each => each.Experiment);
        var explained = new Explainer(store.Planner.Make(asked.Steps), store.Planner, step => manifests[step.Id]).Explain(id, run);
        return options.Json ? ExplainDocument.Of(options.Manifest.Path, explained).ToJson() : ExplanationText.Of(explained);
    }

    private long? Run() => options.Against is null ? null
        : long.TryParse(options.Against, NumberStyles.None, CultureInfo.InvariantCulture, out var run) ? run
        : throw new UserException(ProblemCode.Usage, $"--against is the number of a run, not {Shown.Quoted(options.Against)}; status FILE lists them.");
}

/// <summary>The verb <c>explain</c>.</summary>
internal sealed class ExplainVerb(Choice choice)
{
    /// <summary>Why.</summary>
    [Command(Description = "Says why a step is there or runs: what its key is made of, what changed since, and where that stands. Or where a setting's value comes from.")]
    [Example(
        "dotnet angelslim explain experiments/quickstart.json train",
        "dotnet angelslim explain experiments/quickstart.json train --against 3",
        "dotnet angelslim explain experiments/quickstart.json --value training.learningRate")]
    public void Explain(
        ManifestOptions manifest,
        [Argument(Description = "A step, as plan names it")] string? step = null,
        [Option("value", ValueName = "path", Description = "A setting, or a part of the manifest, instead of a step")] string? value = null,
        [Option("against", ValueName = "run", Description = "Compare with this run; with the nearest earlier result when left out")] string? against = null,
        [Option(ValueName = "folder", Description = Help.Store)] string? store = null,
        [Option(Description = Help.Json)] bool json = false) =>
        choice.Verb = machine => new ExplainCommand(machine, new(manifest, step, value, against, store) { Json = json }).Execute();
}
