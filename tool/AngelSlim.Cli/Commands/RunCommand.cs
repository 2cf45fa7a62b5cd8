using System.Globalization;
using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Running;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>What <c>run</c> was asked.</summary>
internal sealed record RunOptions(ManifestOptions Manifest, RunningOptions Running, SelectionOptions Selection)
{
    /// <summary>Folder of results; null for that of the manifest.</summary>
    public string? Store { get; init; }

    /// <summary>Share of the results that were there which are made again and compared; null for none.</summary>
    public string? VerifyCache { get; init; }

    /// <summary>A manifest that sweeps nothing is refused.</summary>
    public bool NeedsSweep { get; init; }

    /// <summary>File that takes the figures of the points; null for none.</summary>
    public string? Csv { get; init; }

    /// <summary>A document instead of a table.</summary>
    public bool Json { get; init; }

    /// <summary>The file that takes the events, <c>-</c> for standard output; null when nobody wants them.</summary>
    public string? Events { get; init; }

    /// <summary>Standard output has the events, and nothing else.</summary>
    /// <exception cref="UserException">The document wants it too.</exception>
    public bool EventsToOutput => (Events, Json) switch
    {
        ("-", true) => throw new UserException(ProblemCode.Usage, "--events - and --json both want standard output; give --events a file."),
        ("-", false) => true,
        _ => false,
    };

    /// <summary><see cref="VerifyCache"/> as a number, 0 to 1.</summary>
    /// <exception cref="UserException">It is no share.</exception>
    public double VerifiedShare => VerifyCache switch
    {
        null => 0,
        _ when double.TryParse(VerifyCache.TrimEnd('%'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent is > 0 and <= 100 => percent / 100,
        _ => throw new UserException(ProblemCode.Usage, $"--verify-cache is a share above 0 and up to 100 %, such as 5%, not '{VerifyCache}'."),
    };
}

/// <summary>Makes what a manifest asks for.</summary>
/// <param name="machine">Where.</param>
/// <param name="options">What was asked.</param>
/// <param name="stopping">Hears the user.</param>
internal sealed class RunCommand(Machine machine, RunOptions options, Stopping stopping)
{
    private bool _hasBegun;

    /// <summary>Does it, from the first signal that is heard to the last file that is watched.</summary>
    /// <param name="machine">Where.</param>
    /// <param name="options">What was asked.</param>
    /// <param name="watch">Again and again, until the user stops it.</param>
    public static int Execute(Machine machine, RunOptions options, bool watch)
    {
        using var stopping = new Stopping(machine.Talk.WriteLine);
        var run = new RunCommand(machine, options, stopping);
        return watch ? new Watching(machine, stopping).Execute(run.Execute) : run.Execute(new FileWatch());
    }

    /// <summary>Does it; again when it is called again, and what happens then is added to the events.</summary>
    /// <param name="files">Takes the files on which the run depends, before they are read.</param>
    /// <returns>The exit code; what failed has been told.</returns>
    public int Execute(FileWatch files)
    {
        options.Manifest.Files.ToList().ForEach(files.Add);
        var (threads, share, toOutput) = (options.Running.ThreadCount(machine), options.VerifiedShare, options.EventsToOutput);
        var asked = Asked.Read(machine, options.Manifest, threads, options.Selection.Frozen ? Fetched.Nothing : Fetched.Everything, () => options.Running.Bytes(machine), stopping.Token);
        if (options.NeedsSweep)
        {
            asked.RefuseUnlessSweep();
        }

        asked.Steps.SelectMany(step => step.Sources).ToList().ForEach(files.Add);
        var selection = options.Selection.Of(asked.Steps);
        var policy = options.Running.Policy(machine) with { Forced = options.Selection.Forced(asked.Steps, selection), VerifiedShare = share };
        using var store = asked.Open(options.Store, machine.Clock);
        if (options.Selection.Frozen)
        {
            MissingResult.CheckFrozen(selection, store.Planner);
        }

        using var events = options.Events is { } path && !toOutput ? new StreamWriter(path, append: _hasBegun) : null;
        _hasBegun = true;
        var place = new RunPlace(machine.Version, machine.Host, machine.Pid, threads);
        var effective = CanonicalJson.Write(EffectiveManifest.Of(asked.Manifest.Experiment));
        var record = new RunRecord(store.Database, new RunRequest(options.Manifest.Path, asked.Manifest.Experiment.Name, effective), place, machine.Clock);
        var outcome = Run(new RunSetup(store.Artifacts, store.Planner, place, machine.Clock), policy, selection, record, toOutput ? machine.Output : events);
        var report = new RunReport(asked, outcome.Results);
        record.Keep(report.Verdicts);
        if (!toOutput)
        {
            machine.Output.WriteLine(options.Json ? report.ToDocument((record.Id, options.Manifest.Path), outcome.End).ToJson() : report.ToText());
        }

        if (options.Csv is { } csv)
        {
            report.WriteCsv(csv);
        }

        return Judge(report, outcome.End);
    }

    private (RunEnd End, IReadOnlyList<StepResult> Results) Run(RunSetup setup, RunPolicy policy, Selection selection, RunRecord record, TextWriter? events)
    {
        var results = new List<StepResult>();
        using var view = RunView.Of(machine, selection.Steps.Count, events);
        void Observe(StepEvent happened)
        {
            view.Take(happened);
            if (happened.Event is Ended ended)
            {
                results.Add(ended.Result);
            }
        }

        using (stopping.Says(view.Say))
        {
            var end = new Runner(setup, policy, Observe).Run(selection, record, stopping.Token);
            var ended = results.ToDictionary(result => result.StepId, StringComparer.Ordinal);
            return (end, [.. selection.Steps.Where(step => ended.ContainsKey(step.Id)).Select(step => ended[step.Id])]);
        }
    }

    private int Judge(RunReport report, RunEnd end)
    {
        foreach (var failure in end.Failures)
        {
            Ending.Tell(machine, failure.Cause);
        }

        foreach (var line in report.WhatToDo)
        {
            machine.Talk.WriteLine(line);
        }

        var judged = report.Expectations.Judge(machine.Talk);
        if (end.Failures.Count > 0)
        {
            return ExitCode.Of(end.Failures);
        }

        return end.IsStopped ? Ending.Tell(machine, new OperationCanceledException()) : judged;
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
        RunningOptions running,
        SelectionOptions selection,
        [Option(ValueName = "folder", Description = Help.Store)] string? store = null,
        [Option("verify-cache", ValueName = "percent", Description = "Make this share of the results that are there again, beside the store, and compare; other bytes end with 3")] string? verifyCache = null,
        [Option(ValueName = "file", Description = Help.Events)] string? events = null,
        [Option(Description = "Run again whenever the manifest or a file that it names changes, until Ctrl+C")] bool watch = false,
        [Option(Description = Help.Json)] bool json = false)
    {
        var options = new RunOptions(manifest, running, selection) { Store = store, VerifyCache = verifyCache, Events = events, Json = json };
        choice.Verb = machine => RunCommand.Execute(machine, options, watch);
    }
}
