using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Baselines;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Statistics;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>What the verbs that begin with <c>baseline</c> were asked.</summary>
/// <param name="Manifest">Of the experiment.</param>
/// <param name="Baseline">The baseline's file, if it lies elsewhere.</param>
/// <param name="Store">The store, if it lies elsewhere.</param>
/// <param name="Json">For programs.</param>
internal sealed record BaselineOptions(ManifestOptions Manifest, string? Baseline, string? Store, bool Json);

/// <summary>Keeps what a draft has reached.</summary>
internal sealed class BaselineCommand(Machine machine, BaselineOptions options)
{
    private readonly string _path = BaselineFile.IsOne(options.Manifest.Path) ? options.Manifest.Path : MeasuredManifest.BaselineOf(machine, options.Manifest, options.Baseline);

    /// <summary>Makes the first one.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="estimator">Of acceptance lengths.</param>
    /// <exception cref="UserException">There is one already, or nothing was measured.</exception>
    public int Set(string reason, string? estimator)
    {
        var chosen = EstimatorOption.Of(estimator) ?? default;
        if (File.Exists(_path))
        {
            throw new UserException(ProblemCode.Usage, $"There is a baseline already. 'dotnet angelslim baseline bless {options.Manifest.Path} --reason TEXT' takes other figures as the measure.", new TextPlace(_path));
        }

        var evaluations = MeasuredManifest.Read(machine, options.Manifest, options.Store);
        var (read, _) = Asked.ReadManifest(machine with { Talk = TextWriter.Null }, options.Manifest);
        return Keep(new() { Experiment = read.Experiment.Name, Estimator = chosen, Evaluations = evaluations, Blessings = [Blessing(reason, evaluations, chosen)] });
    }

    /// <summary>Takes what the store has as the measure from now on.</summary>
    /// <param name="reason">Why.</param>
    /// <exception cref="UserException">There is no reason, or nothing was measured.</exception>
    public int Bless(string reason)
    {
        if (string.IsNullOrWhiteSpace(reason))
        {
            throw new UserException(ProblemCode.Usage, "--reason says nothing; whoever reads the file later wants to know why the measure changed.");
        }

        var known = BaselineFile.Read(_path);
        var evaluations = MeasuredManifest.Read(machine, options.Manifest, options.Store);
        if (known.Evaluations.Select(evaluation => (evaluation.Step, evaluation.Key)).SequenceEqual(evaluations.Select(evaluation => (evaluation.Step, evaluation.Key))))
        {
            machine.Talk.WriteLine($"{_path} is of these results already; nothing was written.");
            return Show(known);
        }

        return Keep(known with { Evaluations = evaluations, Blessings = [.. known.Blessings, Blessing(reason, evaluations, known.Estimator)] });
    }

    /// <summary>Shows it.</summary>
    public int Show() => Show(BaselineFile.Read(_path));

    private int Keep(Baseline baseline)
    {
        BaselineFile.Write(_path, baseline);
        machine.Talk.WriteLine($"Written: {_path}. Commit it.");
        return Show(baseline);
    }

    private int Show(Baseline baseline)
    {
        machine.Output.WriteLine(options.Json ? BaselineFile.ToJson(baseline) : BaselineText.Of(baseline));
        return ExitCode.Done;
    }

    private Blessing Blessing(string reason, IReadOnlyList<MeasuredEvaluation> evaluations, Estimator estimator) => new()
    {
        At = SettingsJson.Time(machine.Clock.GetUtcNow()),
        Reason = reason,
        Tool = machine.Version,
        System = machine.System,
        Processor = machine.Processor,
        AcceptanceLengths = evaluations.ToDictionary(evaluation => evaluation.Step, evaluation => Math.Round(PromptRatio.Of(estimator, evaluation.Counts()).Value, 6)),
    };
}

/// <summary>The verb <c>baseline set</c>.</summary>
[VerbGroup("baseline", Help.Baseline)]
internal sealed class BaselineSetVerb(Choice choice)
{
    /// <summary>The first measure.</summary>
    [Command("set", Description = "Writes what the store has measured of a manifest to a baseline: counts of every prompt, settings, digests. A file to commit, by which regress judges.")]
    [Example("dotnet angelslim baseline set experiments/quickstart.json")]
    public void Set(
        ManifestOptions manifest,
        [Option(ValueName = "file", Description = Help.BaselineFile)] string? baseline = null,
        [Option(ValueName = "text", Description = "Why these figures are the measure")] string reason = "the first measurement",
        [Option(ValueName = "ratioOfSums|meanOfPrompts|tokensPerVerify", Description = "How counts become an acceptance length: as vLLM, AngelSlim or SGLang report it; ratioOfSums when left out")] string? estimator = null,
        [Option(ValueName = "folder", Description = Help.Store)] string? store = null,
        [Option(Description = Help.Json)] bool json = false) =>
        choice.Verb = machine => new BaselineCommand(machine, new(manifest, baseline, store, json)).Set(reason, estimator);
}

/// <summary>The verb <c>baseline show</c>.</summary>
[VerbGroup("baseline", Help.Baseline)]
internal sealed class BaselineShowVerb(Choice choice)
{
    /// <summary>The measure, and how it came here.</summary>
    [Command("show", Description = "Shows a baseline: acceptance lengths by every estimator, positions, and each time that it was taken as the measure.")]
    [Example("dotnet angelslim baseline show experiments/quickstart.json")]
    public void Show(
        ManifestOptions manifest,
        [Option(ValueName = "file", Description = Help.BaselineFile)] string? baseline = null,
        [Option(Description = Help.Json)] bool json = false) =>
        choice.Verb = machine => new BaselineCommand(machine, new(manifest, baseline, Store: null, json)).Show();
}

/// <summary>The verb <c>baseline bless</c>.</summary>
[VerbGroup("baseline", Help.Baseline)]
internal sealed class BaselineBlessVerb(Choice choice)
{
    /// <summary>Another measure.</summary>
    [Command("bless", Description = "Takes what the store has measured as the measure from now on, and notes why. Earlier lengths stay in the file.")]
    [Example("dotnet angelslim baseline bless experiments/quickstart.json --reason \"a smaller draft, 4 % shorter and twice as fast\"")]
    public void Bless(
        ManifestOptions manifest,
        [Option(ValueName = "text", Description = "Why")] string reason,
        [Option(ValueName = "file", Description = Help.BaselineFile)] string? baseline = null,
        [Option(ValueName = "folder", Description = Help.Store)] string? store = null,
        [Option(Description = Help.Json)] bool json = false) =>
        choice.Verb = machine => new BaselineCommand(machine, new(manifest, baseline, store, json)).Bless(reason);
}
