using System.Globalization;
using AngelSlim.Cli.Documents;
using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Running;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>What <c>run</c> was asked.</summary>
internal sealed record RunOptions(ManifestOptions Manifest, string? Store, string? Threads, bool NoWait, bool Json);

/// <summary>Makes what a manifest asks for.</summary>
internal sealed class RunCommand(Machine machine, RunOptions options)
{
    private const int MostThreads = 4096;
    private readonly List<StepResult> _results = [];

    /// <summary>Does it.</summary>
    public int Execute()
    {
        var threads = Threads() ?? machine.Cores;
        var asked = Asked.Read(machine, options.Manifest, threads);
        using var store = asked.Open(options.Store, machine.Clock);
        var place = new RunPlace(machine.Version, machine.Host, machine.Pid, threads);
        var effective = CanonicalJson.Write(EffectiveManifest.Of(asked.Manifest.Experiment));
        var record = new RunRecord(store.Database, new RunRequest(options.Manifest.Path, asked.Manifest.Experiment.Name, effective), place, machine.Clock);
        try
        {
            return Execute(asked, store, record, place);
        }
        catch (Exception failure) when (ExitCode.Of(failure) is ExitCode.Bug)
        {
            machine.Talk.WriteLine($"Run {record.Id} failed. Its record is in {store.Artifacts.Root} (runs.db; log.ndjson below work).");
            throw;
        }
    }

    private int? Threads()
    {
        if (options.Threads is null)
        {
            return null;
        }

        return int.TryParse(options.Threads, CultureInfo.InvariantCulture, out var threads) && threads is >= 1 and <= MostThreads
            ? threads
            : throw new UserException(ProblemCode.Usage, $"--threads is a number from 1 to {MostThreads}, not '{options.Threads}'.");
    }

    private int Execute(Asked asked, OpenStore store, RunRecord record, RunPlace place)
    {
        using var view = RunView.Of(machine, asked.Steps.Count);
        void Observe(StepEvent happened)
        {
            view.Take(happened);
            if (happened.Event is Ended ended)
            {
                _results.Add(ended.Result);
            }
        }

        IReadOnlyList<Verdict> verdicts = [];
        using var stopping = new Stopping(view.Say);
        var runner = new Runner(store.Artifacts, store.Planner, Observe, place, options.NoWait ? WhenBusy.GiveUp : WhenBusy.Wait, machine.Clock);
        try
        {
            var made = runner.Run(asked.Steps, record, stopping.Token);
            verdicts = Verdict.Of(asked.Manifest.Experiment.Expect, asked.Steps, made);
        }
        finally
        {
            // Both may be one terminal: the live lines go before the result comes.
            view.Dispose();
            machine.Output.WriteLine(options.Json ? Document(asked, record, verdicts).ToJson() : Text(asked, verdicts));
        }

        return Judge(asked, verdicts);
    }

    private int Judge(Asked asked, IReadOnlyList<Verdict> verdicts)
    {
        foreach (var missed in verdicts.Where(verdict => !verdict.IsMet))
        {
            var place = asked.Manifest.PlaceOf("expect", "acceptanceLengthAtLeast", missed.Tokens);
            machine.Talk.WriteLine(new Problem(
                ProblemCode.ExpectationMissed, $"The acceptance length at k = {missed.Tokens} is {missed.Found:0.000}; at least {missed.AtLeast} was expected.", place));
        }

        return verdicts.All(verdict => verdict.IsMet) ? ExitCode.Done : ExitCode.ExpectationMissed;
    }

    private string Text(Asked asked, IReadOnlyList<Verdict> verdicts)
    {
        var table = new Table("step", "result", "time");
        foreach (var result in _results)
        {
            table.Add(result.StepId, RunRecord.Word(result.Outcome), result.Outcome is StepOutcome.Cached ? "" : Words.Of(TimeSpan.FromSeconds(result.Seconds)));
        }

        var lines = new List<string> { table.ToString() };
        if (_results.Count == asked.Steps.Count && _results.All(result => result.Outcome is StepOutcome.Cached))
        {
            lines.Add("Everything was there already; nothing was done.");
        }

        lines.AddRange(Places(asked).Select(place => $"{place.Name}: {place.Path}"));
        lines.AddRange(verdicts.Select(verdict =>
            $"acceptance length at k = {verdict.Tokens}: {verdict.Found:0.000}, at least {verdict.AtLeast} expected: {(verdict.IsMet ? "met" : "MISSED")}"));
        return string.Join('\n', lines);
    }

    private RunDocument Document(Asked asked, RunRecord record, IReadOnlyList<Verdict> verdicts)
    {
        var places = Places(asked).ToDictionary(place => place.Name, place => place.Path);
        return new()
        {
            Run = record.Id,
            Manifest = options.Manifest.Path,
            Report = places.GetValueOrDefault("report"),
            Draft = places.GetValueOrDefault("draft"),
            Steps = [.. _results.Select(RunDocumentStep.Of)],
            Expectations = [.. verdicts.Select(RunDocumentExpectation.Of)],
        };
    }

    /// <summary>What a user looks for first.</summary>
    private IEnumerable<(string Name, string Path)> Places(Asked asked)
    {
        foreach (var result in _results.Where(result => result.Folder is not null))
        {
            var output = asked.Steps.Single(step => step.Id == result.StepId).Stage.Output;
            if (output == typeof(ExportedDraft))
            {
                yield return ("draft", result.Folder!);
            }
            else if (output == typeof(Report))
            {
                yield return ("report", new Report(result.Folder!).Markdown);
            }
        }
    }
}

/// <summary>The verb <c>run</c>.</summary>
internal sealed class RunVerb(Choice choice)
{
    /// <summary>The main verb.</summary>
    [Command(Description = "Makes everything that a manifest asks for and the store does not have. After a stop or a kill, the same command goes on.")]
    [Example("dotnet angelslim run experiments/quickstart.json")]
    public void Run(
        ManifestOptions manifest,
        [Option(ValueName = "folder", Description = Help.Store)] string? store = null,
        [Option(ValueName = "number", Description = "Threads of libtorch; one per physical core when left out")] string? threads = null,
        [Option("no-wait", Description = "Do not wait for a step that another process is making; exit with 7")] bool noWait = false,
        [Option(Description = Help.Json)] bool json = false) =>
        choice.Verb = machine => new RunCommand(machine, new(manifest, store, threads, noWait, json)).Execute();
}
