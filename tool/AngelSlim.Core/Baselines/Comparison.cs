using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Statistics;

namespace AngelSlim.Core.Baselines;

/// <summary>How two measurements are compared.</summary>
/// <param name="Estimator">Of acceptance lengths.</param>
/// <param name="Bar">What is asked of a change.</param>
/// <param name="Resampling">How changes are estimated.</param>
internal sealed record ComparisonSettings(Estimator Estimator, Bar Bar, Resampling Resampling);

/// <summary>A measurement.</summary>
/// <param name="Name">What people call it: a file, <c>run 12</c>.</param>
/// <param name="Estimator">By which its lengths are to be compared; null where nobody has said so.</param>
/// <param name="Evaluations">What was measured.</param>
internal sealed record Measurement(string Name, Estimator? Estimator, IReadOnlyList<MeasuredEvaluation> Evaluations);

/// <summary>A figure, then and now.</summary>
/// <param name="Name"><c>acceptance length</c>, <c>acceptance length of gsm8k</c>, <c>position 1</c>.</param>
/// <param name="Before">In the first measurement.</param>
/// <param name="After">In the second.</param>
/// <param name="Prompts">Of how many prompts.</param>
/// <param name="Change">By how much it changed; null where there is no quotient.</param>
internal sealed record ComparedFigure(string Name, double Before, double After, int Prompts, RelativeChange? Change)
{
    /// <summary>What that comes to; null for positions, which say where a change of the length is from.</summary>
    public Judgement? Judgement { get; init; }

    /// <summary>The change's probability if there were no drop, adjusted for all figures that are judged; null for positions.</summary>
    public double? Adjusted { get; init; }
}

/// <summary>An evaluation, then and now.</summary>
/// <param name="Step">Its name in the experiment.</param>
/// <param name="Differences">Why the two are not measurements of one thing; empty when they are.</param>
/// <param name="Figures">The length over all prompts, the same by source where there are several, then positions; empty when there are differences.</param>
internal sealed record ComparedEvaluation(string Step, IReadOnlyList<string> Differences, IReadOnlyList<ComparedFigure> Figures)
{
    /// <summary>It falls where any length falls; it passes where the length over all prompts does: sources have few prompts each.</summary>
    public Judgement Judgement =>
        Differences.Count > 0 ? Judgement.Incomparable
        : Figures.Any(figure => figure.Judgement is Judgement.Regression) ? Judgement.Regression
        : Figures[0].Judgement!.Value;
}

/// <summary>Two measurements of an experiment, evaluation by evaluation.</summary>
/// <param name="Settings">How they were compared.</param>
/// <param name="Evaluations">Of both; one that only one of them has is among them, with that difference.</param>
internal sealed record Comparison(ComparisonSettings Settings, IReadOnlyList<ComparedEvaluation> Evaluations)
{
    private static readonly Judgement[] WorstFirst = [Judgement.Regression, Judgement.Incomparable, Judgement.Inconclusive];

    /// <summary>The worst of them.</summary>
    public Judgement Judgement => WorstFirst.Where(judgement => Evaluations.Any(evaluation => evaluation.Judgement == judgement)).DefaultIfEmpty(Judgement.Pass).First();

    /// <summary>Compares.</summary>
    /// <param name="before">The measure.</param>
    /// <param name="after">What is measured by it.</param>
    /// <param name="settings">How; lengths of another estimator than one of the measurements asks for are not compared.</param>
    public static Comparison Of(Measurement before, Measurement after, ComparisonSettings settings)
    {
        var mixed = new[] { before, after }.Where(measured => measured.Estimator is { } own && own != settings.Estimator)
            .Select(measured => $"the estimator of {measured.Name} is {SettingsShape.Word($"{measured.Estimator}")}, and {SettingsShape.Word($"{settings.Estimator}")} is asked for").ToList();
        var compared = before.Evaluations.Concat(after.Evaluations).Select(evaluation => evaluation.Step).Distinct()
            .Select(step => mixed.Count > 0 ? new(step, mixed, []) : Evaluation(step, Find(before, step), Find(after, step), settings));
        return new(settings, Judged([.. compared], settings.Bar));
    }

    private static MeasuredEvaluation? Find(Measurement measured, string step) => measured.Evaluations.FirstOrDefault(evaluation => evaluation.Step == step);

    private static ComparedEvaluation Evaluation(string step, MeasuredEvaluation? before, MeasuredEvaluation? after, ComparisonSettings settings)
    {
        var differences = before is null ? ["it was not measured then"] : after is null ? ["it is not measured now"] : Differing.Between(before, after);
        return new(step, differences, differences.Count > 0 ? [] : Figures(before!.Counts(), after!.Counts(), settings));
    }

    private static List<ComparedFigure> Figures(IReadOnlyList<PromptCounts> before, IReadOnlyList<PromptCounts> after, ComparisonSettings settings)
    {
        ComparedFigure Figure(string name, int prompts, PromptRatio then, PromptRatio now) => new(name, then.Value, now.Value, prompts, RelativeChange.Of(then, now, settings.Resampling));
        ComparedFigure Length(string name, Func<PromptCounts, bool> chosen)
        {
            PromptCounts[] then = [.. before.Where(chosen)], now = [.. after.Where(chosen)];
            return Figure(name, then.Length, PromptRatio.Of(settings.Estimator, then), PromptRatio.Of(settings.Estimator, now)) with { Judgement = Judgement.Inconclusive };
        }

        var figures = new List<ComparedFigure> { Length("acceptance length", _ => true) };
        var sources = before.Select(prompt => prompt.Source).Distinct().ToList();
        if (sources.Count > 1)
        {
            figures.AddRange(sources.Select(source => Length($"acceptance length of {source}", prompt => prompt.Source == source)));
        }

        figures.AddRange(Enumerable.Range(0, before[0].AcceptedByPosition.Count).SelectMany(position => new[]
        {
            Figure($"position {position + 1}", before.Count, PromptRatio.Joint(position, before), PromptRatio.Joint(position, after)),
            Figure($"position {position + 1} behind {position}", before.Count, PromptRatio.Conditional(position, before), PromptRatio.Conditional(position, after)),
        }).Where(figure => figure.Name is not "position 1 behind 0"));
        return figures;
    }

    private static ComparedEvaluation[] Judged(IReadOnlyList<ComparedEvaluation> compared, Bar bar)
    {
        var judged = compared.SelectMany(evaluation => evaluation.Figures).Where(figure => figure.Judgement is not null).ToList();
        var adjusted = Holm.Adjusted([.. judged.Select(figure => figure.Change?.ProbabilityIfNotLower ?? 1)]);
        var next = 0;
        ComparedFigure Verdict(ComparedFigure figure) => figure.Judgement is null ? figure
            : figure with { Adjusted = adjusted[next], Judgement = bar.Judge(figure.Change, adjusted[next++], figure.Prompts) };
        return [.. compared.Select(evaluation => evaluation with { Figures = [.. evaluation.Figures.Select(Verdict)] })];
    }
}
