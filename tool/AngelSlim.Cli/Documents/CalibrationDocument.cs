using AngelSlim.Cli.Commands;
using AngelSlim.Core.Baselines;
using AngelSlim.Core.Statistics;

namespace AngelSlim.Cli.Documents;

/// <summary>What <c>regress --calibrate</c> says: what changes where nothing does.</summary>
[Form("calibration", 1)]
internal sealed record CalibrationDocument : Document
{
    /// <summary>Path of the manifest, as given.</summary>
    public required string Manifest { get; init; }

    /// <summary>By which acceptance lengths were compared.</summary>
    public required Estimator Estimator { get; init; }

    /// <summary>The drop that is to do no harm; evaluations with more noise cannot be judged by it.</summary>
    public required double Margin { get; init; }

    /// <summary>Evaluation by evaluation.</summary>
    public required IReadOnlyList<DocumentNoise> Evaluations { get; init; }

    /// <summary>Of two runs.</summary>
    public static CalibrationDocument Of(string manifest, ComparisonSettings settings, IReadOnlyList<Noise> noise) => new()
    {
        Manifest = manifest,
        Estimator = settings.Estimator,
        Margin = settings.Bar.Margin,
        Evaluations = [.. noise.Select(DocumentNoise.Of)],
    };
}

/// <summary>An evaluation, made twice.</summary>
internal sealed record DocumentNoise
{
    /// <summary>The step's name in the experiment.</summary>
    public required string Step { get; init; }

    /// <summary>How many prompts it has.</summary>
    public required int Prompts { get; init; }

    /// <summary>Those with other counts the second time.</summary>
    public required int Changed { get; init; }

    /// <summary>Acceptance lengths, first and second.</summary>
    public required IReadOnlyList<double> AcceptanceLengths { get; init; }

    /// <summary>By how much the length changes at most where nothing changes: the larger of both bounds; null where there is no quotient.</summary>
    public required double? Noise { get; init; }

    /// <summary>Speculative tokens per second over plain ones, first and second.</summary>
    public required IReadOnlyList<double> Speedups { get; init; }

    /// <summary>Of an evaluation.</summary>
    public static DocumentNoise Of(Noise noise) => new()
    {
        Step = noise.Step,
        Prompts = noise.Prompts,
        Changed = noise.Changed,
        AcceptanceLengths = [noise.Lengths.First, noise.Lengths.Second],
        Noise = noise.Floor,
        Speedups = [noise.Speedups.First, noise.Speedups.Second],
    };
}
