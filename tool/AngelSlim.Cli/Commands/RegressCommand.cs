using AngelSlim.Core.Baselines;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>What <c>regress</c> was asked.</summary>
/// <param name="Run">As for the verb <c>run</c>.</param>
/// <param name="Judging">How to judge.</param>
/// <param name="Baseline">The baseline, if it lies elsewhere.</param>
internal sealed record RegressOptions(RunOptions Run, JudgingOptions Judging, string? Baseline);

/// <summary>Runs a manifest and holds what came out against its baseline.</summary>
internal sealed class RegressCommand(Machine machine, RegressOptions options)
{
    /// <summary>Does it; without a baseline nothing is run.</summary>
    /// <returns>The exit code: that of the run if it did not come to its end, or missed what the manifest expects.</returns>
    public int Execute()
    {
        var run = options.Run;
        var path = MeasuredManifest.BaselineOf(machine, run.Manifest, options.Baseline);
        var baseline = BaselineFile.Read(path);
        _ = options.Judging.Settings(baseline.Estimator);
        var ended = RunCommand.Execute(machine with { Output = TextWriter.Null }, run, watch: false);
        if (ended is not (ExitCode.Done or ExitCode.ExpectationMissed))
        {
            return ended;
        }

        var measured = MeasuredManifest.Read(machine with { Talk = TextWriter.Null }, run.Manifest, run.Store);
        var judged = new Judging(machine, options.Judging, run.Json).Execute(new(path, baseline.Estimator, baseline.Evaluations), new(run.Manifest.Path, Estimator: null, measured));
        return ended is ExitCode.Done ? judged : ended;
    }
}

/// <summary>The verb <c>regress</c>.</summary>
internal sealed class RegressVerb(Choice choice)
{
    /// <summary>For CI.</summary>
    [Command(Description = "Runs a manifest and judges its acceptance lengths by a baseline, prompt by prompt. Ends with 0 if they pass, with 4 if one has fallen, with 5 if that cannot be told, or there is no baseline to tell it by.")]
    [Example("dotnet angelslim regress experiments/quickstart.json", "dotnet angelslim regress experiments/quickstart.json --margin 1% --junit regress.xml --sarif regress.sarif", "dotnet angelslim regress experiments/quickstart.json --calibrate")]
    public void Regress(
        ManifestOptions manifest,
        RunningOptions running,
        JudgingOptions judging,
        [Option(ValueName = "file", Description = Help.BaselineFile)] string? baseline = null,
        [Option(Description = "Judge nothing: evaluate twice on this machine, and say what changes where nothing does. Ends with 5 if that is more than the margin")] bool calibrate = false,
        [Option(ValueName = "folder", Description = Help.Store)] string? store = null,
        [Option(Description = Help.Json)] bool json = false)
    {
        var run = new RunOptions(manifest, running, new SelectionOptions()) { Store = store, Json = json };
        var options = new RegressOptions(run, judging, baseline);
        choice.Verb = machine => calibrate ? new CalibrateCommand(machine, options).Execute() : new RegressCommand(machine, options).Execute();
    }
}
