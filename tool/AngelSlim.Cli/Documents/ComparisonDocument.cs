using AngelSlim.Core.Baselines;
using AngelSlim.Core.Statistics;

namespace AngelSlim.Cli.Documents;

/// <summary>What <c>compare</c> and <c>regress</c> say.</summary>
[Form("comparison", 1)]
internal sealed record ComparisonDocument : Document
{
    /// <summary>The measure: a file, or a run.</summary>
    public required string Before { get; init; }

    /// <summary>What was measured by it: a file, or a run.</summary>
    public required string After { get; init; }

    /// <summary>The worst verdict.</summary>
    public required Judgement Verdict { get; init; }

    /// <summary>By which acceptance lengths were compared.</summary>
    public required Estimator Estimator { get; init; }

    /// <summary>The drop that does no harm: 0.02 for 2 %.</summary>
    public required double Margin { get; init; }

    /// <summary>With which each bound holds.</summary>
    public required double Confidence { get; init; }

    /// <summary>Samples of prompts that were drawn.</summary>
    public required int Resamples { get; init; }

    /// <summary>Of what was drawn.</summary>
    public required long Seed { get; init; }

    /// <summary>Evaluation by evaluation.</summary>
    public required IReadOnlyList<DocumentComparison> Evaluations { get; init; }

    /// <summary>Of a comparison.</summary>
    public static ComparisonDocument Of(Comparison comparison, string before, string after) => new()
    {
        Before = before,
        After = after,
        Verdict = comparison.Judgement,
        Estimator = comparison.Settings.Estimator,
        Margin = comparison.Settings.Bar.Margin,
        Confidence = comparison.Settings.Bar.Confidence,
        Resamples = comparison.Settings.Resampling.Resamples,
        Seed = (long)comparison.Settings.Resampling.Seed,
        Evaluations = [.. comparison.Evaluations.Select(DocumentComparison.Of)],
    };
}

/// <summary>An evaluation, then and now.</summary>
internal sealed record DocumentComparison
{
    /// <summary>The step's name in the experiment.</summary>
    public required string Step { get; init; }

    /// <summary>What its figures come to.</summary>
    public required Judgement Verdict { get; init; }

    /// <summary>Why the two are not measurements of one thing; empty when they are.</summary>
    public required IReadOnlyList<string> Differences { get; init; }

    /// <summary>The length over all prompts, the same by source where there are several, then positions.</summary>
    public required IReadOnlyList<DocumentFigure> Figures { get; init; }

    /// <summary>Of an evaluation.</summary>
    public static DocumentComparison Of(ComparedEvaluation evaluation) => new()
    {
        Step = evaluation.Step,
        Verdict = evaluation.Judgement,
        Differences = evaluation.Differences,
        Figures = [.. evaluation.Figures.Select(DocumentFigure.Of)],
    };
}

/// <summary>A figure, then and now.</summary>
internal sealed record DocumentFigure
{
    /// <summary>What it is: <c>acceptance length</c>, <c>acceptance length of gsm8k</c>, <c>position 1</c>, <c>position 2 behind 1</c>.</summary>
    public required string Name { get; init; }

    /// <summary>In the measure.</summary>
    public required double Before { get; init; }

    /// <summary>In what was measured by it.</summary>
    public required double After { get; init; }

    /// <summary>Of how many prompts.</summary>
    public required int Prompts { get; init; }

    /// <summary>After over before, less 1; null where there is no quotient, as are the bounds.</summary>
    public required double? Change { get; init; }

    /// <summary>The change is above this.</summary>
    public required double? Lower { get; init; }

    /// <summary>The change is below this.</summary>
    public required double? Upper { get; init; }

    /// <summary>How likely such a drop would be if there were none, adjusted for all figures that are judged; null for what is not judged.</summary>
    public required double? Probability { get; init; }

    /// <summary>What that comes to; null for positions, which say where a change is from.</summary>
    public required Judgement? Verdict { get; init; }

    /// <summary>Of a figure.</summary>
    public static DocumentFigure Of(ComparedFigure figure) => new()
    {
        Name = figure.Name,
        Before = figure.Before,
        After = figure.After,
        Prompts = figure.Prompts,
        Change = figure.Change?.Estimate,
        Lower = figure.Change?.Lower,
        Upper = figure.Change?.Upper,
        Probability = figure.Adjusted,
        Verdict = figure.Judgement,
    };
}
