using AngelSlim.Cli.Documents;
using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Running;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>What <c>sweep</c> was asked.</summary>
/// <param name="Run">As for the verb <c>run</c>.</param>
/// <param name="Table">Show what is there, and make nothing.</param>
internal sealed record SweepOptions(RunOptions Run, bool Table);

/// <summary>Runs the points of a sweep, or shows what they have brought so far.</summary>
internal sealed class SweepCommand(Machine machine, SweepOptions options)
{
    /// <summary>Does it.</summary>
    public int Execute() => options.Table ? Show() : RunCommand.Execute(machine, options.Run, watch: false);

    private int Show()
    {
        var asked = Asked.Read(machine, options.Run.Manifest, machine.Cores);
        asked.RefuseUnlessSweep();
        using var store = asked.Open(options.Run.Store, machine.Clock);
        var there = store.Planner.Make(asked.Steps).Steps.Where(step => step.Found is not null)
            .ToDictionary(step => step.Step.Id, step => new StepResult(step.Step.Id, step.Step.Stage.Name, StepOutcome.Cached, Seconds: 0) { Folder = step.Found!.Folder });
        IReadOnlyList<PointResult> points = [.. asked.Graph.Points.Select(point => PointResult.Of(point, there))];
        machine.Output.WriteLine(options.Run.Json ? SweepDocument.Of(options.Run.Manifest.Path, points).ToJson() : new SweepTable(points).ToString());
        if (options.Run.Csv is { } csv)
        {
            SweepCsv.Write(csv, points);
        }

        return ExitCode.Done;
    }
}

/// <summary>The verb <c>sweep</c>.</summary>
internal sealed class SweepVerb(Choice choice)
{
    /// <summary>Many runs in one.</summary>
    [Command(Description = "Runs a manifest at several settings, what they have in common once, and ends with one table. After a stop, the same command goes on.")]
    [Example("dotnet angelslim sweep experiments/quickstart.json --axis training.unroll=3,5,7 --axis 'speculation.tokens=[2],[4]'")]
    public void Sweep(
        ManifestOptions manifest,
        SweepAxisOptions axes,
        RunningOptions running,
        [Option(ValueName = "folder", Description = Help.Store)] string? store = null,
        [Option(Description = "Make nothing; show the table of what is there")] bool table = false,
        [Option(ValueName = "file", Description = "Write the table to a CSV file too")] string? csv = null,
        [Option(ValueName = "file", Description = Help.Events)] string? events = null,
        [Option(Description = Help.Json)] bool json = false)
    {
        _ = axes;
        var run = new RunOptions(manifest, running, new SelectionOptions()) { Store = store, Csv = csv, Events = events, NeedsSweep = true, Json = json };
        choice.Verb = machine => new SweepCommand(machine, new(run, table)).Execute();
    }
}

/// <summary>What <c>sweep</c> adds to the manifest's own sweep. For help and parser; <see cref="ManifestOptions.Changes"/> has them in their order.</summary>
internal sealed record SweepAxisOptions(
    [Option("axis", ValueName = "path=values", Description = "Sweep a setting: its values with commas between them, whole numbers as 1..8, or a JSON list; crossed with the other axes; repeatable")] string[]? Axis = null,
    [Option("zip", ValueName = "path=values", Description = "The same, but all settings with --zip go side by side; repeatable")] string[]? Zip = null,
    [Option("exclude", ValueName = "path=value,path=value", Description = "Leave out the points with all these values; repeatable")] string[]? Exclude = null,
    [Option("max", ValueName = "number", Description = "The most points; 256 when neither this nor the manifest says it")] string? Max = null) : ICommandParameterSet;
