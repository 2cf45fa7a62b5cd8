using System.Globalization;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Reporting;
using AngelSlim.Core.Running;

namespace AngelSlim.Cli.Rendering;

/// <summary>One line for each point of a sweep, as written; the best of a column has a star.</summary>
internal sealed class SweepTable(IReadOnlyList<PointResult> points)
{
    private const string Remark = "* the best of its column. No difference is tested here: with few prompts, or one seed, it may be chance.";

    /// <inheritdoc/>
    public override string ToString()
    {
        var columns = Columns();
        var stars = columns.Select(column => column.Best(points)).ToArray();
        var table = new Table([.. points[0].Point.Labels.Select(label => label.Axis), .. columns.Select(column => column.Head), "state"]);
        foreach (var point in points)
        {
            table.Add(
            [
                .. point.Point.Labels.Select(label => label.Value),
                .. columns.Select((column, i) => column.Cell(point, stars[i])),
                point.State.ToString().ToLowerInvariant(),
            ]);
        }

        return stars.Any(star => star is not null) ? $"{table}\n{Remark}" : table.ToString();
    }

    private List<Column> Columns()
    {
        string[] drafts = [.. points.SelectMany(point => point.Figures.Evaluations).OrderBy(evaluation => evaluation.Summary.Rank).Select(evaluation => evaluation.Summary.Label).Distinct()];
        var columns = new List<Column>();
        if (points.Any(point => point.Figures.Heldout is not null))
        {
            // Losses over other unroll steps, or with other weights, are no better or worse than one another.
            var isComparable = points.Select(point => point.Point.Point.Experiment.Experiment.Training).Select(training => (training.Unroll, training.StepDecay)).Distinct().Count() is 1;
            columns.Add(new("held-out loss", "0.000", point => point.Figures.Heldout?.Loss) { Order = isComparable ? -1 : 0 });
            columns.Add(new("held-out hits", "0.0 %", point => point.Figures.Heldout?.FirstAccuracy));
        }

        columns.AddRange(drafts.Select(draft => new Column($"length {Shown(draft)}", "0.000", point => Of(point, draft)?.Summary.All.AcceptanceLength)));
        columns.AddRange(drafts.Select(draft => new Column($"speed-up {Shown(draft)}", "0.00", point => Of(point, draft)?.Timing.Speedup)));
        return columns;
    }

    private static string Shown(string draft) => draft is SpeculationSettings.TreeLabel ? draft : $"k={draft}";

    private static EvaluationFigures? Of(PointResult point, string draft) =>
        point.Figures.Evaluations.FirstOrDefault(evaluation => evaluation.Summary.Label == draft);

    private sealed record Column(string Head, string Format, Func<PointResult, double?> Value)
    {
        /// <summary>1: more is better; -1: less is; 0: neither.</summary>
        public int Order { get; init; } = 1;

        /// <summary>The best value; null where all are the same.</summary>
        public double? Best(IReadOnlyList<PointResult> points)
        {
            var values = points.Select(Value).OfType<double>().Where(double.IsFinite).Distinct().ToList();
            return values.Count < 2 || Order is 0 ? null : values.MaxBy(value => Order * value);
        }

        public string Cell(PointResult point, double? best) => Value(point) is { } value
            ? value.ToString(Format, CultureInfo.InvariantCulture) + (value == best ? "*" : "")
            : "";
    }
}
