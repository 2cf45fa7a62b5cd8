using System.Globalization;
using AngelSlim.Cli.Documents;
using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Running;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>What <c>run</c> was asked.</summary>
internal sealed record RunOptions(ManifestOptions Manifest, string? Store, string? Threads, bool NoWait, bool Json)
{
    /// <summary>A manifest that sweeps nothing is refused.</summary>
    public bool NeedsSweep { get; init; }

    /// <summary>File that takes the figures of the points; null for none.</summary>
    public string? Csv { get; init; }
}

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
        if (options.NeedsSweep)
        {
            asked.RefuseUnlessSweep();
        }

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

        IReadOnlyList<PointResult> points = [];
        using var stopping = new Stopping(view.Say);
        var runner = new Runner(store.Artifacts, store.Planner, Observe, place, options.NoWait ? WhenBusy.GiveUp : WhenBusy.Wait, machine.Clock);
        try
        {
            runner.Run(asked.Steps, record, stopping.Token);
        }
        finally
        {
            // Both may be one terminal: the live lines go before the result comes.
            view.Dispose();
            var results = _results.ToDictionary(result => result.StepId);
            points = [.. asked.Graph.Points.Select(point => PointResult.Of(point, results))];
            record.Keep([.. from point in points from verdict in point.Verdicts select (point.Point.Label, verdict)]);
            machine.Output.WriteLine(options.Json ? RunDocument.Of((record.Id, options.Manifest.Path), _results, points).ToJson() : Text(asked, points));
            if (options.Csv is { } csv)
            {
                SweepCsv.Write(csv, points);
            }
        }

        return new Expectations(points).Judge(machine.Talk);
    }

    private string Text(Asked asked, IReadOnlyList<PointResult> points)
    {
        var lines = new List<string> { asked.IsSweep ? Counts() : Steps() };
        if (_results.Count == asked.Steps.Count && _results.All(result => result.Outcome is StepOutcome.Cached))
        {
            lines.Add("Everything was there already; nothing was done.");
        }

        if (asked.IsSweep)
        {
            lines.Add("");
            lines.Add(new SweepTable(points).ToString());
        }
        else
        {
            lines.AddRange(points.SelectMany(point => new[] { ("draft", point.Draft), ("report", point.Report) }).Where(place => place.Item2 is not null).Select(place => $"{place.Item1}: {place.Item2}"));
        }

        lines.AddRange(new Expectations(points).Lines);
        return string.Join('\n', lines);
    }

    private string Steps()
    {
        var table = new Table("step", "result", "time");
        foreach (var result in _results)
        {
            table.Add(result.StepId, RunRecord.Word(result.Outcome), result.Outcome is StepOutcome.Cached ? "" : Words.Of(TimeSpan.FromSeconds(result.Seconds)));
        }

        return table.ToString();
    }

    /// <summary>A sweep has a table of its points; one of its steps would be longer, and is in the document.</summary>
    private string Counts() =>
        $"{_results.Count} steps: {string.Join(", ", _results.CountBy(result => result.Outcome).OrderBy(count => count.Key).Select(count => $"{count.Value} {RunRecord.Word(count.Key)}"))}";
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
        [Option(ValueName = "number", Description = Help.Threads)] string? threads = null,
        [Option("no-wait", Description = Help.NoWait)] bool noWait = false,
        [Option(Description = Help.Json)] bool json = false) =>
        choice.Verb = machine => new RunCommand(machine, new(manifest, store, threads, noWait, json)).Execute();
}
