using AngelSlim.Cli.Documents;
using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Planning;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>What <c>plan</c> was asked.</summary>
internal sealed record PlanOptions(ManifestOptions Manifest, string? Store, bool Json);

/// <summary>Says what a run would do.</summary>
internal sealed class PlanCommand(Machine machine, PlanOptions options)
{
    /// <summary>Does it.</summary>
    public int Execute()
    {
        var asked = Asked.Read(machine, options.Manifest, machine.Cores);
        using var store = asked.Open(options.Store, machine.Clock);
        var plan = store.Planner.Make(asked.Steps);
        machine.Output.WriteLine(options.Json ? PlanDocument.Of(options.Manifest.Path, plan).ToJson() : Text(plan));
        return ExitCode.Done;
    }

    private static string Text(Plan plan)
    {
        var table = new Table("step", "plan", "why");
        foreach (var step in plan.Steps)
        {
            table.Add(step.Step.Id, Word(step.State), step.Reason);
        }

        var counts = plan.Steps.CountBy(step => step.State).ToDictionary();
        return $"{table}\n{counts.GetValueOrDefault(StepState.Have)} have, {counts.GetValueOrDefault(StepState.Run)} run, {counts.GetValueOrDefault(StepState.Waits)} wait";
    }

    private static string Word(StepState state) => state.ToString().ToLowerInvariant();
}

/// <summary>The verb <c>plan</c>.</summary>
internal sealed class PlanVerb(Choice choice)
{
    /// <summary>A dry run.</summary>
    [Command(Description = "Says which steps would run, and why. Runs nothing.")]
    [Example("dotnet angelslim plan experiments/quickstart.json")]
    public void Plan(
        ManifestOptions manifest,
        [Option(ValueName = "folder", Description = Help.Store)] string? store = null,
        [Option(Description = Help.Json)] bool json = false) =>
        choice.Verb = machine => new PlanCommand(machine, new(manifest, store, json)).Execute();
}
