using AngelSlim.Cli.Documents;
using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Running;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>What <c>status</c> was asked.</summary>
internal sealed record StatusOptions(string? Manifest, string? Store, bool Json);

/// <summary>Shows what a store knows.</summary>
internal sealed class StatusCommand(Machine machine, StatusOptions options)
{
    private const int RunsShown = 10;

    /// <summary>Does it.</summary>
    /// <exception cref="UserException">There is no store, or no manifest.</exception>
    public int Execute()
    {
        if (options.Manifest is { } manifest && !File.Exists(manifest))
        {
            throw new UserException(ProblemCode.MissingFile, $"There is no manifest {Path.GetFullPath(manifest)}.");
        }

        var folder = options.Manifest is null ? Path.GetFullPath(".") : Path.GetDirectoryName(Path.GetFullPath(options.Manifest))!;
        var store = OpenStore.Place(options.Store, folder);
        if (!Directory.Exists(store))
        {
            throw new UserException(ProblemCode.MissingFile, $"There is no store {store}. It lies beside the manifests that were run: name one of them, or the store with --store.");
        }

        using var open = new OpenStore(store, machine.Clock);
        var status = StoreStatus.Of(open.Database, open.Artifacts, RunsShown);
        machine.Output.WriteLine(options.Json ? StatusDocument.Of(status).ToJson() : Text(status));
        return ExitCode.Done;
    }

    private static string Text(StoreStatus status)
    {
        var runs = new Table("run", "name", "started", "ended as", "steps");
        foreach (var run in status.Runs)
        {
            runs.Add($"{run.Id}", run.Name, run.Started, run.Outcome ?? "open", $"{run.Made} made, {run.Cached} cached");
        }

        var work = new Table("partial work", "items done", "state");
        foreach (var partial in status.Work)
        {
            work.Add($"{partial.Key}", $"{partial.Items}", State(partial));
        }

        return status.Work.Count is 0 ? runs.ToString() : $"{runs}\n\n{work}";
    }

    private static string State(PartialWork partial) => partial.Holder is { } holder ? $"being made by {holder}" : "stopped; the next run goes on";
}

/// <summary>The verb <c>status</c>.</summary>
internal sealed class StatusVerb(Choice choice)
{
    /// <summary>What a store holds.</summary>
    [Command(Description = "Shows the latest runs of a store, and what is in work.")]
    [Example("dotnet angelslim status experiments/quickstart.json")]
    public void Status(
        [Argument(Description = "A manifest that was run; the store of this folder when left out")] string? manifest = null,
        [Option(ValueName = "folder", Description = Help.Store)] string? store = null,
        [Option(Description = Help.Json)] bool json = false) =>
        choice.Verb = machine => new StatusCommand(machine, new(manifest, store, json)).Execute();
}
