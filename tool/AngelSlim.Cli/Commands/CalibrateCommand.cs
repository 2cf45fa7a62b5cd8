using AngelSlim.Cli.Documents;
using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Baselines;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Statistics;

namespace AngelSlim.Cli.Commands;

/// <summary>Evaluates one draft twice on this machine: what differs is noise, and no margin below it can be kept.</summary>
/// <param name="machine">Where.</param>
/// <param name="options">As for <c>regress</c>; without a baseline.</param>
internal sealed class CalibrateCommand(Machine machine, RegressOptions options)
{
    private const string Stage = "evaluate";

    /// <summary>Does it.</summary>
    /// <returns>The exit code; that of a run that did not come to its end.</returns>
    public int Execute()
    {
        var settings = options.Judging.Settings(own: null);
        var first = Measure(new());
        var second = first.Ended is ExitCode.Done ? Measure(new(Force: [Stage])) : first;
        if (second.Ended is not ExitCode.Done)
        {
            return second.Ended;
        }

        IReadOnlyList<Noise> noise = [.. first.Evaluations.Zip(second.Evaluations, (before, after) => Noise.Of(before, after, settings))];
        machine.Output.WriteLine(options.Run.Json ? CalibrationDocument.Of(options.Run.Manifest.Path, settings, noise).ToJson() : Text(noise));
        var loud = noise.Where(one => one.Floor is not { } floor || floor > settings.Bar.Margin).ToList();
        foreach (var one in loud)
        {
            machine.Talk.WriteLine(new Problem(
                ProblemCode.Undecided,
                $"The acceptance length of {one.Step} changes by {(one.Floor is { } floor ? $"up to {Words.OfChange(floor)}" : "an unknown share")} when nothing does; a margin of {Words.OfChange(settings.Bar.Margin)} cannot be kept. Take a larger --margin, or more prompts.",
                new TextPlace(options.Run.Manifest.Path)));
        }

        return loud.Count is 0 ? ExitCode.Done : ExitCode.Undecided;
    }

    private (int Ended, IReadOnlyList<TimedEvaluation> Evaluations) Measure(SelectionOptions selection)
    {
        var ended = RunCommand.Execute(machine with { Output = TextWriter.Null }, options.Run with { Selection = selection, Json = false }, watch: false);
        return (ended, ended is ExitCode.Done ? MeasuredManifest.ReadTimed(machine with { Talk = TextWriter.Null }, options.Run.Manifest, options.Run.Store) : []);
    }

    private static string Text(IReadOnlyList<Noise> noise)
    {
        var table = new Table("evaluation", "prompts", "changed", "acceptance length", "again", "noise", "speed-up", "again", "change");
        foreach (var one in noise)
        {
            table.Add(
                one.Step, $"{one.Prompts}", $"{one.Changed}", Words.OfFigure(one.Lengths.First), Words.OfFigure(one.Lengths.Second), Words.OfChange(one.Floor),
                Words.OfFigure(one.Speedups.First), Words.OfFigure(one.Speedups.Second), Words.OfChange((one.Speedups.Second / one.Speedups.First) - 1));
        }

        return $"{table}\n\nThe same draft, evaluated twice here. A drop within the noise of its evaluation says nothing.";
    }
}

/// <summary>An evaluation and how fast it was.</summary>
/// <param name="Measured">Its counts.</param>
/// <param name="Speedup">Speculative tokens per second over plain ones.</param>
internal sealed record TimedEvaluation(MeasuredEvaluation Measured, double Speedup);

/// <summary>What differs between two evaluations of one draft.</summary>
/// <param name="Step">The evaluation.</param>
/// <param name="Prompts">How many it has.</param>
/// <param name="Changed">Those with other counts the second time; none where texts are equal.</param>
/// <param name="Lengths">Acceptance lengths.</param>
/// <param name="Speedups">Speculative tokens per second over plain ones.</param>
internal sealed record Noise(string Step, int Prompts, int Changed, (double First, double Second) Lengths, (double First, double Second) Speedups)
{
    /// <summary>The larger of the two bounds of the length's change; 0 where no prompt changed, null where there is no quotient.</summary>
    public required double? Floor { get; init; }

    /// <summary>Of two evaluations of the same prompts.</summary>
    public static Noise Of(TimedEvaluation first, TimedEvaluation second, ComparisonSettings settings)
    {
        var (before, after) = (first.Measured.Counts(), second.Measured.Counts());
        var (then, now) = (PromptRatio.Of(settings.Estimator, before), PromptRatio.Of(settings.Estimator, after));
        var change = RelativeChange.Of(then, now, settings.Resampling);
        var changed = before.Zip(after).Count(pair => pair.First.Rounds != pair.Second.Rounds || !pair.First.AcceptedByPosition.SequenceEqual(pair.Second.AcceptedByPosition));
        return new(first.Measured.Step, before.Count, changed, (then.Value, now.Value), (first.Speedup, second.Speedup)) { Floor = change is null ? null : Math.Max(-change.Lower, change.Upper) };
    }
}
