using System.Globalization;
using AngelSlim.Core.Baselines;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Statistics;

namespace AngelSlim.Cli.Rendering;

/// <summary>A baseline for people.</summary>
internal static class BaselineText
{
    /// <summary>What was measured, and when it was taken as the measure.</summary>
    public static string Of(Baseline baseline)
    {
        var estimators = Enum.GetValues<Estimator>();
        var figures = new Table(["evaluation", .. estimators.Select(estimator => Word(estimator) + (estimator == baseline.Estimator ? " (judged)" : "")), "prompts", "rounds", "by position"]);
        foreach (var (step, counts) in baseline.Evaluations.Select(evaluation => (evaluation.Step, evaluation.Counts())))
        {
            var positions = Enumerable.Range(0, counts[0].AcceptedByPosition.Count).Select(position => Number(PromptRatio.Joint(position, counts).Value));
            figures.Add([step, .. estimators.Select(estimator => Number(PromptRatio.Of(estimator, counts).Value)), $"{counts.Count}", $"{counts.Sum(prompt => (long)prompt.Rounds)}", string.Join(' ', positions)]);
        }

        var history = new Table("taken as the measure", "why", "acceptance lengths", "with");
        foreach (var blessing in baseline.Blessings)
        {
            history.Add(blessing.At, Told.OnOneLine(blessing.Reason), string.Join(", ", blessing.AcceptanceLengths.Select(length => $"{length.Key} {Number(length.Value)}")), Told.OnOneLine($"tool {blessing.Tool} on {blessing.System}, {blessing.Processor}"));
        }

        return $"{figures}\n\n{history}";
    }

    private static string Word(Estimator estimator) => SettingsShape.Word($"{estimator}");

    private static string Number(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
