using System.Globalization;
using AngelSlim.Cli.Documents;
using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Running;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>What <c>runs</c> was asked.</summary>
internal sealed record RunsOptions(string? Manifest, string? Store, bool Json)
{
    /// <summary>Only runs of this experiment.</summary>
    public required string? Name { get; init; }

    /// <summary>Only runs that came to this.</summary>
    public required string? Outcome { get; init; }

    /// <summary>So many.</summary>
    public required string? Last { get; init; }

    /// <summary>Before this one.</summary>
    public required string? Before { get; init; }
}

/// <summary>Lists the runs of a store.</summary>
internal sealed class RunsCommand(Machine machine, RunsOptions options)
{
    private const int MostUnlessAsked = 20;

    /// <summary>Does it.</summary>
    /// <exception cref="UserException">There is no store or no such experiment, or an option is not understood.</exception>
    public int Execute()
    {
        var filter = new RunFilter
        {
            Name = options.Name,
            State = State(),
            Before = Number("--before", options.Before) ?? long.MaxValue,
            Most = (int)(Number("--last", options.Last) ?? MostUnlessAsked),
        };
        using var store = new ExistingStore(machine, options.Manifest, options.Store);
        if (filter.Name is { } name && !store.Runs.Names().Contains(name, StringComparer.Ordinal))
        {
            throw store.UnknownName(name);
        }

        // One more than is shown says whether there are more.
        var found = store.Runs.Find(filter with { Most = filter.Most + 1 });
        var shown = found.Take(filter.Most).ToList();
        var next = found.Count > shown.Count ? shown[^1].Id : (long?)null;
        machine.Output.WriteLine(options.Json ? RunsDocument.Of(shown, next).ToJson() : Text(shown, next));
        return ExitCode.Done;
    }

    private string Text(List<PastRun> runs, long? next)
    {
        if (runs.Count is 0)
        {
            return "No run.";
        }

        var text = RunTable.Of(runs, machine.Clock.GetUtcNow());
        return next is null ? text : $"{text}\nThere are earlier ones: --before {next}";
    }

    private RunState? State()
    {
        if (options.Outcome is not { } word)
        {
            return null;
        }

        var words = Enum.GetValues<RunState>().ToDictionary(RunTable.Word);
        return words.TryGetValue(word, out var state)
            ? state
            : throw new UserException(ProblemCode.Usage, $"--outcome is {string.Join(", ", words.Keys)}, not '{word}'{Suggestion.For(word, words.Keys)}");
    }

    private static long? Number(string option, string? value)
    {
        if (value is null)
        {
            return null;
        }

        return long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and < int.MaxValue
            ? number
            : throw new UserException(ProblemCode.Usage, $"{option} is a number from 1, not '{value}'.");
    }
}

/// <summary>The verb <c>runs</c>.</summary>
internal sealed class RunsVerb(Choice choice)
{
    /// <summary>History.</summary>
    [Command(Description = "Lists the runs of a store, the latest first.")]
    [Example("dotnet angelslim runs experiments/quickstart.json", "dotnet angelslim runs --name quickstart --outcome failed --last 5")]
    public void Runs(
        [Argument(Description = Help.ManifestThatWasRun)] string? manifest = null,
        [Option(ValueName = "experiment", Description = "Only runs of the experiment of this name")] string? name = null,
        [Option(ValueName = "outcome", Description = "Only runs that came to this: running, made, stopped, failed or killed")] string? outcome = null,
        [Option(ValueName = "number", Description = "At most so many; 20 when left out")] string? last = null,
        [Option(ValueName = "run", Description = "Only runs before the one of this number, to go on where a list ended")] string? before = null,
        [Option(ValueName = "folder", Description = Help.Store)] string? store = null,
        [Option(Description = Help.Json)] bool json = false) =>
        choice.Verb = machine => new RunsCommand(machine, new(manifest, store, json) { Name = name, Outcome = outcome, Last = last, Before = before }).Execute();
}
