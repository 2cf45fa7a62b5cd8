using System.Globalization;
using System.Text;
using AngelSlim.Core.Reporting;
using AngelSlim.Core.Running;

namespace AngelSlim.Cli.Rendering;

/// <summary>A sweep's figures for other programs: a line for each evaluation of a point, and one for a point without any.</summary>
internal static class SweepCsv
{
    private static readonly string[] Figures = ["state", "heldout_loss", "heldout_acceptance_length", "heldout_first_accuracy", "k", "acceptance_length", "per_position", "rounds", "prompts", "equal_prompts", "speedup", "threads"];

    /// <summary>Writes the file; its folder has to be there.</summary>
    public static void Write(string path, IReadOnlyList<PointResult> points) => File.WriteAllText(path, Of(points), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));

    /// <summary>The text. Settings are JSON; what accepted by position is separated by spaces.</summary>
    public static string Of(IReadOnlyList<PointResult> points)
    {
        var axes = points[0].Point.Point.Settings.Select(setting => setting.Axis.Path);
        var rows = points.SelectMany(point => point.Figures.Evaluations.DefaultIfEmpty().Select(evaluation => Row(point, evaluation)));
        return string.Concat(rows.Prepend([.. axes, .. Figures]).Select(row => CsvLine.Write(row) + "\n"));
    }

    private static object[] Row(PointResult point, EvaluationFigures? evaluation) =>
    [
        .. point.Point.Point.Settings.Select(setting => setting.Text),
        point.State.ToString().ToLowerInvariant(),
        .. point.Figures.Heldout is { } heldout ? new object[] { heldout.Loss, heldout.AcceptanceLength, heldout.FirstAccuracy } : ["", "", ""],
        .. evaluation is { Summary: var summary, Timing: var timing }
            ? new object[]
            {
                summary.Label, summary.All.AcceptanceLength, string.Join(' ', summary.All.PerPosition.Select(share => share.ToString("G9", CultureInfo.InvariantCulture))),
                summary.All.Rounds, summary.All.Prompts, summary.EqualPrompts?.ToString(CultureInfo.InvariantCulture) ?? "", timing.Speedup, timing.Threads,
            }
            : ["", "", "", "", "", "", "", ""],
    ];
}
