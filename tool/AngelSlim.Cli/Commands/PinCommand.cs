using System.Globalization;
using AngelSlim.Cli.Documents;
using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Upkeep;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>What <c>pin</c> and <c>unpin</c> were asked.</summary>
/// <param name="What">A run's number, or a key as <c>train/3f2a90c1</c>; null to list the pins.</param>
/// <param name="Reason">Why it is kept.</param>
/// <param name="Store">The store, if it is not that of this folder.</param>
/// <param name="Json">For programs.</param>
internal sealed record PinOptions(string? What, string? Reason, string? Store, bool Json);

/// <summary>Keeps results from <c>gc</c>.</summary>
internal sealed class PinCommand(Machine machine, PinOptions options)
{
    private const int LeastDigits = 4;

    /// <summary>Pins, or lists what is pinned.</summary>
    public int Pin()
    {
        using var store = MaintainedStore.Share(machine, manifest: null, options.Store);
        var pins = new Pins(store.Root);
        if (options.What is { } what)
        {
            var now = machine.Clock.GetUtcNow();
            var pin = RunNumber(what) is { } run
                ? pins.Add(KnownRuns.Of(store.Database, _ => { }).SingleOrDefault(known => known.Id == run) ?? throw Wrong($"{store.Root} has no run {run}. 'dotnet angelslim status' lists the latest."), options.Reason, now)
                : pins.Add(KeyOf(what, store.Artifacts), options.Reason, now);
            machine.Talk.WriteLine($"Pinned: {Short(pin)}.");
        }

        return Show(pins);
    }

    /// <summary>Takes a pin away.</summary>
    public int Unpin()
    {
        using var store = MaintainedStore.Share(machine, manifest: null, options.Store);
        var pins = new Pins(store.Root);
        var name = RunNumber(options.What!) is { } run ? $"run-{run}" : options.What!.Replace('/', '-');
        var found = pins.All(_ => { }).Where(pin => RunNumber(options.What!) is null ? pin.Name.StartsWith(name, StringComparison.Ordinal) : pin.Name == name).ToList();
        if (found.Count is not 1)
        {
            throw Wrong(found.Count is 0 ? $"Nothing is pinned as '{options.What}'. 'dotnet angelslim pin' lists what is." : $"'{options.What}' may be any of {string.Join(", ", found.Select(Short))}: give more digits.");
        }

        pins.Remove(found[0]);
        machine.Talk.WriteLine($"No longer pinned: {Short(found[0])}. What no run needs goes with the next gc --apply.");
        return Show(pins);
    }

    /// <summary>As short as it can be asked for: <c>run 12</c>, <c>train/3f2a90c1</c>.</summary>
    public static string Short(Pin pin) => pin.Name.StartsWith("run-", StringComparison.Ordinal) ? pin.Name.Replace('-', ' ') : $"{pin.Keys[0]}";

    private int Show(Pins pins)
    {
        var all = pins.All(path => machine.Talk.WriteLine(new Problem(ProblemCode.StoreCorrupt, "This pin cannot be read: delete it, and pin again.", new TextPlace(path)) { Severity = Severity.Warning }));
        var table = new Table("pinned", "results", "since", "why");
        foreach (var pin in all)
        {
            table.Add(Short(pin), $"{pin.Keys.Count}", Words.OfTime(pin.At), pin.Reason ?? "");
        }

        machine.Output.WriteLine(options.Json ? PinsDocument.Of(all).ToJson() : all.Count is 0 ? "Nothing is pinned." : table.ToString());
        return ExitCode.Done;
    }

    private static long? RunNumber(string what) => long.TryParse(what, NumberStyles.None, CultureInfo.InvariantCulture, out var run) ? run : null;

    private static StepKey KeyOf(string what, ArtifactStore store)
    {
        if (what.Split('/') is not [var stage, { Length: >= LeastDigits } digits])
        {
            throw Wrong($"'{what}' is neither a run's number nor a key: a stage and {LeastDigits} or more digits, as train/3f2a90c1.");
        }

        var found = store.Objects().Select(stored => stored.Key).Where(key => key.Stage == stage && key.Recipe.Hex.StartsWith(digits, StringComparison.Ordinal)).ToList();
        return found.Count switch
        {
            1 => found[0],
            0 => throw Wrong($"{store.Root} has no result {what}."),
            _ => throw Wrong($"{what} may be any of {found.Count} results: give more digits."),
        };
    }

    private static UserException Wrong(string message) => new(ProblemCode.Usage, message);
}

/// <summary>The verb <c>pin</c>.</summary>
internal sealed class PinVerb(Choice choice)
{
    /// <summary>Keeps.</summary>
    [Command(Description = "Keeps a run's results, or one result, and all that they were made of, from being deleted by gc. Lists what is kept when nothing is named.")]
    [Example("dotnet angelslim pin 12 --reason \"shipped in May\"")]
    public void Pin(
        [Argument(Description = "A run's number, or a result as train/3f2a90c1")] string? what = null,
        [Option(ValueName = "text", Description = "Why")] string? reason = null,
        [Option(ValueName = "folder", Description = Help.StoreHere)] string? store = null,
        [Option(Description = Help.Json)] bool json = false) =>
        choice.Verb = machine => new PinCommand(machine, new(what, reason, store, json)).Pin();
}

/// <summary>The verb <c>unpin</c>.</summary>
internal sealed class UnpinVerb(Choice choice)
{
    /// <summary>Keeps no longer.</summary>
    [Command(Description = "Takes a pin away.")]
    [Example("dotnet angelslim unpin 12")]
    public void Unpin(
        [Argument(Description = "A run's number, or a result as train/3f2a90c1")] string what,
        [Option(ValueName = "folder", Description = Help.StoreHere)] string? store = null,
        [Option(Description = Help.Json)] bool json = false) =>
        choice.Verb = machine => new PinCommand(machine, new(what, Reason: null, store, json)).Unpin();
}
