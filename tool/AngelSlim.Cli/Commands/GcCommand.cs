using System.Globalization;
using AngelSlim.Cli.Documents;
using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Upkeep;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>What <c>gc</c> was asked.</summary>
internal sealed record GcOptions(string? Manifest, string? Store)
{
    /// <summary>Of each experiment.</summary>
    public string? KeepLast { get; init; }

    /// <summary>Days.</summary>
    public string? KeepDays { get; init; }

    /// <summary>What results may take.</summary>
    public string? MaxBytes { get; init; }

    /// <summary>Also what nobody remembers.</summary>
    public bool Forgotten { get; init; }

    /// <summary>Delete.</summary>
    public bool Apply { get; init; }

    /// <summary>For programs.</summary>
    public bool Json { get; init; }
}

/// <summary>Deletes what nobody needs, or says what that is.</summary>
internal sealed class GcCommand(Machine machine, GcOptions options)
{
    private const int LastRuns = 5;
    private const int Days = 14;

    /// <summary>Does it.</summary>
    public int Execute()
    {
        var policy = new GarbagePolicy(Number("--keep-last", options.KeepLast, LastRuns), TimeSpan.FromDays(Number("--keep-days", options.KeepDays, Days)))
        {
            Forgotten = options.Forgotten,
            MostBytes = options.MaxBytes is { } size ? SizeOption.Bytes("--max-bytes", size) : null,
        };
        using var store = options.Apply ? MaintainedStore.Take(machine, options.Manifest, options.Store) : MaintainedStore.Share(machine, options.Manifest, options.Store);
        var report = new GarbageSearch(store.Artifacts, store.Database, policy, machine.Clock).Look();
        var pins = new Pins(store.Root).All(_ => { });
        if (options.Apply)
        {
            report.Collect(new Trash(store.Root, machine.Clock));
        }

        machine.Output.WriteLine(options.Json ? GcDocument.Of(report, pins, options.Apply).ToJson() : Text(report, pins));
        return ExitCode.Done;
    }

    private static int Number(string option, string? given, int usual)
    {
        if (given is null)
        {
            return usual;
        }

        return int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 100_000
            ? number
            : throw new UserException(ProblemCode.Usage, $"{option} is a number from 0 to 100000, not '{given}'.");
    }

    private string Text(GarbageReport report, IReadOnlyList<Pin> pins)
    {
        var lines = new List<string>();
        if (report.Garbage.Count > 0)
        {
            var table = new Table("what", "name", "size", "why");
            foreach (var item in report.Garbage)
            {
                table.Add(Word(item.Kind), item.Name, Words.OfBytes(item.Bytes), item.Reason);
            }

            lines.AddRange([table.ToString(), ""]);
        }

        lines.AddRange(report.Remarks);
        if (pins.Count > 0)
        {
            lines.Add($"pinned: {string.Join(", ", pins.Select(PinCommand.Short))}");
        }

        lines.Add(Sum(report));
        return string.Join('\n', lines);
    }

    private string Sum(GarbageReport report)
    {
        var stays = $"{Words.Count(report.Results, "result")} of {Words.OfBytes(report.Bytes)} {(report.Results is 1 ? "stays" : "stay")}";
        if (report.Garbage.Count is 0)
        {
            return $"Nothing may be deleted; {stays}.";
        }

        var goes = $"{Words.OfBytes(report.Garbage.Sum(item => item.Bytes))} in {Words.Count(report.Garbage.Count, "place")}";
        return options.Apply ? $"Deleted: {goes}; {stays}." : $"May be deleted: {goes}; {stays}. Nothing was deleted: that takes --apply.";
    }

    private static string Word(GarbageKind kind) => kind switch
    {
        GarbageKind.Result => "result",
        GarbageKind.PartialWork => "partial work",
        GarbageKind.Incoming => "half come in",
        GarbageKind.Quarantined => "damaged",
        GarbageKind.Verification => "compared",
        GarbageKind.OldIndex => "old index",
        _ => "half deleted",
    };
}

/// <summary>The verb <c>gc</c>.</summary>
internal sealed class GcVerb(Choice choice)
{
    /// <summary>Makes room.</summary>
    [Command(Description = "Says what in a store nobody needs any more: what no pin keeps, none of the last runs of an experiment used, and is older than some days. Deletes it with --apply.")]
    [Example("dotnet angelslim gc experiments/quickstart.json --keep-last 3")]
    public void Gc(
        [Argument(Description = Help.ManifestThatWasRun)] string? manifest = null,
        [Option(ValueName = "folder", Description = Help.Store)] string? store = null,
        [Option("keep-last", ValueName = "number", Description = "So many runs of each experiment keep what they used; 5 when left out")] string? keepLast = null,
        [Option("keep-days", ValueName = "number", Description = "Nothing younger is deleted, and younger runs keep what they used; 14 when left out")] string? keepDays = null,
        [Option("max-bytes", ValueName = "size", Description = "Runs keep what they used, the latest first, only as far as it fits into this size, such as 200G, however young; what is pinned stays")] string? maxBytes = null,
        [Option(Description = "Also results that no known run used and that are older than every known run")] bool forgotten = false,
        [Option(Description = "Delete it; no other process may use the store meanwhile")] bool apply = false,
        [Option(Description = Help.Json)] bool json = false) =>
        choice.Verb = machine => new GcCommand(
            machine, new(manifest, store) { KeepLast = keepLast, KeepDays = keepDays, MaxBytes = maxBytes, Forgotten = forgotten, Apply = apply, Json = json }).Execute();
}
