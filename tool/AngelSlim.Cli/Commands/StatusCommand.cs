using AngelSlim.Cli.Documents;
using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Running;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>What <c>status</c> was asked.</summary>
internal sealed record StatusOptions(string? Manifest, string? Store, bool Json);

/// <summary>Shows what goes on in a store and what went on last.</summary>
internal sealed class StatusCommand(Machine machine, StatusOptions options)
{
    private const int RunsShown = 10;

    /// <summary>Does it.</summary>
    /// <exception cref="UserException">There is no store, or no manifest.</exception>
    public int Execute()
    {
        using var store = new ExistingStore(machine, options.Manifest, options.Store);
        var status = StoreStatus.Of(store.Database, store.Artifacts, store.Living, RunsShown);
        machine.Output.WriteLine(options.Json ? StatusDocument.Of(status).ToJson() : Text(status));
        return ExitCode.Done;
    }

    private string Text(StoreStatus status)
    {
        var parts = status.Running.Select(run => $"run {run.Id} of {run.Name} goes on for {Words.Of(machine.Clock.GetUtcNow() - run.Started)}: process {run.Place.Pid} on {run.Place.Host}").ToList();
        if (status.Work.Count > 0)
        {
            parts.Add(Work(status.Work));
        }

        parts.Add(status.Runs.Count is 0 ? "No run yet." : RunTable.Of(status.Runs, machine.Clock.GetUtcNow()));
        return string.Join("\n\n", parts);
    }

    private static string Work(IReadOnlyList<PartialWork> work)
    {
        var table = new Table("in work", "step", "progress", "state");
        foreach (var partial in work)
        {
            var progress = partial.Progress is { } last ? Words.Of(last.Progress, new Pace()) : $"{partial.Items} items";
            table.Add($"{partial.Key}", partial.LastTry is { } last2 ? $"{last2.Step} of run {last2.Run}" : "", Told.OnOneLine(progress), State(partial));
        }

        return table.ToString();
    }

    private static string State(PartialWork partial) => partial.Holder is { } holder ? $"being made by {holder}" : "stopped; the next run goes on";
}

/// <summary>The verb <c>status</c>.</summary>
internal sealed class StatusVerb(Choice choice)
{
    /// <summary>What a store holds.</summary>
    [Command(Description = "Shows what runs now and how far it is, what was left in work, and the latest runs.")]
    [Example("dotnet angelslim status experiments/quickstart.json")]
    public void Status(
        [Argument(Description = Help.ManifestThatWasRun)] string? manifest = null,
        [Option(ValueName = "folder", Description = Help.Store)] string? store = null,
        [Option(Description = Help.Json)] bool json = false) =>
        choice.Verb = machine => new StatusCommand(machine, new(manifest, store, json)).Execute();
}
