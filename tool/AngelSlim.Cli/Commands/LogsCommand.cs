using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Running;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>What <c>logs</c> was asked.</summary>
internal sealed record LogsOptions(string What, string? Step, string? Store, bool Follow, bool Json);

/// <summary>Shows what stages told their logs.</summary>
internal sealed class LogsCommand(Machine machine, LogsOptions options)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(250);

    /// <summary>Does it.</summary>
    /// <exception cref="UserException">There is no store, or no such run or step.</exception>
    public int Execute()
    {
        var (store, run, step) = Find();
        using (store)
        {
            var logs = new StepLogs(store, run.Id, step);
            Print(logs.Next());
            while (options.Follow && store.Runs.Get(run.Id) is { State: RunState.Running })
            {
                Thread.Sleep(BetweenLooks);
                Print(logs.Next());
            }

            // What came between the last look and the run's end.
            Print(logs.Next());
            return ExitCode.Done;
        }
    }

    private void Print(IEnumerable<StepEvent> lines)
    {
        foreach (var line in lines)
        {
            machine.Output.WriteLine(options.Json ? EventLine.Of(line) : LogText.Of(line));
        }

        machine.Output.Flush();
    }

    /// <summary>A word that names no run may be a step of the last one.</summary>
    private (ExistingStore Store, PastRun Run, string? Step) Find()
    {
        if (options.Step is null && !options.What.EndsWith(".json", StringComparison.OrdinalIgnoreCase) && StepOfLast() is { } found)
        {
            return found;
        }

        var (store, run) = ExistingStore.WithRun(machine, options.What, options.Store);
        var steps = new PastSteps(store.Database).Of(run.Id).Select(step => step.Id).ToList();
        if (options.Step is null || steps.Contains(options.Step))
        {
            return (store, run, options.Step);
        }

        store.Dispose();
        var advice = Suggestion.For(options.Step, steps) is { Length: > 0 } near ? near : $"; it has {string.Join(", ", steps)}.";
        throw new UserException(ProblemCode.Usage, $"Run {run.Id} has no step '{options.Step}'{advice}");
    }

    private (ExistingStore Store, PastRun Run, string? Step)? StepOfLast()
    {
        var store = new ExistingStore(machine, manifest: null, options.Store);
        if (store.Runs.Last(name: null) is { } last && store.Runs.Last(options.What) is null && new PastSteps(store.Database).Of(last.Id).Any(step => step.Id == options.What))
        {
            return (store, last, options.What);
        }

        store.Dispose();
        return null;
    }
}

/// <summary>The logs of a run's steps, read on from where they were read before.</summary>
/// <param name="store">Where the run is.</param>
/// <param name="run">Its number.</param>
/// <param name="step">Only this one, all that it ever told; null for what all of them told in the run.</param>
internal sealed class StepLogs(ExistingStore store, long run, string? step)
{
    private readonly Dictionary<string, LogTail> _tails = [];

    /// <summary>What has come since, in the order of its times.</summary>
    public IReadOnlyList<StepEvent> Next()
    {
        var since = store.Runs.Get(run)!.Started;
        var told = new List<StepEvent>();
        foreach (var past in new PastSteps(store.Database).Of(run).Where(past => past.Key is not null && (step is null ? past.Outcome is not StepOutcome.Cached : past.Id == step)))
        {
            if (!_tails.TryGetValue(past.Id, out var tail))
            {
                _tails[past.Id] = tail = new();
            }

            if (store.Artifacts.LogOf(past.Key!) is { } log)
            {
                told.AddRange(tail.Read(log).Select(EventLine.Read).OfType<StepEvent>().Where(line => step is not null || line.At >= since));
            }
        }

        return [.. told.OrderBy(line => line.At)];
    }
}

/// <summary>The verb <c>logs</c>.</summary>
internal sealed class LogsVerb(Choice choice)
{
    /// <summary>What happened.</summary>
    [Command(Description = "Shows what the steps of a run told: progress, measurements, warnings, failures.")]
    [Example("dotnet angelslim logs experiments/quickstart.json --follow", "dotnet angelslim logs last --step train --json")]
    public void Logs(
        [Argument("run", Description = Help.Run + "; also a step of the last run")] string what,
        [Option(ValueName = "step", Description = "Only this step, with what it told in earlier runs that were stopped")] string? step = null,
        [Option(['f'], Description = "Go on as long as the run does")] bool follow = false,
        [Option(ValueName = "folder", Description = Help.Store)] string? store = null,
        [Option(Description = "Lines of JSON instead, as run --events writes them")] bool json = false) =>
        choice.Verb = machine => new LogsCommand(machine, new(what, step, store, follow, json)).Execute();
}
