using System.Globalization;
using AngelSlim.Core.Running;
using AngelSlim.Core.Stages;

namespace AngelSlim.Cli.Rendering;

/// <summary>Lines of a log for people.</summary>
internal static class LogText
{
    /// <summary><c>2026-01-31 08:00:00Z train: loss 2.31 at 40</c>.</summary>
    public static string Of(StepEvent happened)
    {
        var text = happened.Event switch
        {
            Progressed progressed => $"{happened.StepId}: {Words.Of(progressed, new Pace())}",
            Measured measured => $"{happened.StepId}: {measured.Name} {Words.OfFigure(measured.Value)}{(measured.Step is { } step ? $" at {step}" : "")}",
            Failed failed => $"{happened.StepId}: failed: {failed.Problem}",
            _ => Told.Of(happened) ?? "",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{happened.At.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z {Told.OnOneLine(text)}");
    }
}
