using System.Globalization;
using AngelSlim.Core.Baselines;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Statistics;

namespace AngelSlim.Cli.Rendering;

/// <summary>A comparison for people.</summary>
/// <param name="comparison">What it came to.</param>
/// <param name="before">The measure.</param>
/// <param name="after">What was measured by it.</param>
internal sealed class ComparisonText(Comparison comparison, string before, string after)
{
    /// <summary>A table of all figures, and what they come to.</summary>
    public override string ToString()
    {
        var table = new Table("evaluation", "figure", "then", "now", "change", "at least", "at most", "verdict");
        foreach (var evaluation in comparison.Evaluations)
        {
            if (evaluation.Differences.Count > 0)
            {
                table.Add(evaluation.Step, "", "", "", "", "", "", $"incomparable: {string.Join("; ", evaluation.Differences)}");
            }

            foreach (var figure in evaluation.Figures)
            {
                table.Add(
                    evaluation.Step, figure.Name, Number(figure.Before), Number(figure.After), Words.OfChange(figure.Change?.Estimate),
                    Words.OfChange(figure.Change?.Lower), Words.OfChange(figure.Change?.Upper), figure.Judgement is { } judgement ? Word(judgement) : "");
            }
        }

        return $"{table}\n\n{Word(comparison.Judgement)}: {after} against {before}, {How()}";
    }

    /// <summary>What is not a pass, each for itself, with what to do.</summary>
    public IEnumerable<Problem> Problems() => comparison.Evaluations.SelectMany(Problems);

    /// <summary>A word of the JSON forms.</summary>
    public static string Word(Judgement judgement) => SettingsShape.Word($"{judgement}");

    private string How() => string.Create(
        CultureInfo.InvariantCulture,
        $"by {SettingsShape.Word($"{comparison.Settings.Estimator}")}; a drop up to {comparison.Settings.Bar.Margin * 100:0.##} % is no harm, each bound holds with {comparison.Settings.Bar.Confidence * 100:0.##} % (bootstrap of prompts, {comparison.Settings.Resampling.Resamples} samples, seed {comparison.Settings.Resampling.Seed})");

    private IEnumerable<Problem> Problems(ComparedEvaluation evaluation) => evaluation.Judgement switch
    {
        Judgement.Regression => evaluation.Figures.Where(figure => figure.Judgement is Judgement.Regression).Select(figure => Regressed(evaluation, figure)),
        Judgement.Inconclusive => [Undecided(evaluation, evaluation.Figures[0])],
        Judgement.Incomparable => [new(ProblemCode.Incomparable, $"{evaluation.Step} of {after} cannot be compared: {string.Join("; ", evaluation.Differences)}. Undo that, or take the new figures as the measure with 'baseline bless --reason'.", Place)],
        _ => [],
    };

    private Problem Regressed(ComparedEvaluation evaluation, ComparedFigure figure) => new(
        ProblemCode.Regressed,
        $"The {figure.Name} of {evaluation.Step} was {Number(figure.Before)} and is {Number(figure.After)}: {Bounds(figure)}, over {Words.Count(figure.Prompts, "prompt")}. Positions and sources show where it fell; if it is meant, 'baseline bless --reason' takes the new figures as the measure.",
        Place);

    private Problem Undecided(ComparedEvaluation evaluation, ComparedFigure figure) => new(
        ProblemCode.Undecided,
        figure.Prompts < Bar.LeastPrompts
            ? $"The {figure.Name} of {evaluation.Step} was {Number(figure.Before)} and is {Number(figure.After)}, over {Words.Count(figure.Prompts, "prompt")}; expected at least {Bar.LeastPrompts}. Raise evaluation.promptsPerFile, for the baseline too."
            : $"The {figure.Name} of {evaluation.Step} was {Number(figure.Before)} and is {Number(figure.After)}: {Bounds(figure)}, which neither excludes a drop beyond the margin nor shows one. Raise evaluation.promptsPerFile (now {figure.Prompts} prompts) and evaluation.maxNewTokens, for the baseline too.",
        Place);

    private static string Bounds(ComparedFigure figure) => figure.Change is { } change
        ? $"a change of {Words.OfChange(change.Estimate)}, between {Words.OfChange(change.Lower)} and {Words.OfChange(change.Upper)}"
        : "no quotient of the two";

    private TextPlace? Place => File.Exists(before) ? new TextPlace(before) : null;

    private static string Number(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
