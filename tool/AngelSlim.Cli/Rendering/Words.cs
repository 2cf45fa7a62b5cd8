using System.Globalization;
using AngelSlim.Core.Hub;
using AngelSlim.Core.Running;
using AngelSlim.Core.Stages;

namespace AngelSlim.Cli.Rendering;

/// <summary>Figures as people read them.</summary>
internal static class Words
{
    /// <summary><c>0.4 s</c>, <c>12 s</c>, <c>3 min 05 s</c>, <c>2 h 10 min</c>.</summary>
    public static string Of(TimeSpan time) => time.TotalSeconds switch
    {
        // The clock was set back meanwhile.
        < 0 => "?",
        < 9.95 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
        < 59.5 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s"),
        < 3599.5 => string.Create(CultureInfo.InvariantCulture, $"{(int)Math.Round(time.TotalSeconds) / 60} min {(int)Math.Round(time.TotalSeconds) % 60:00} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes:00} min"),
    };

    /// <summary><c>2.1/s</c>, or <c>4.5 s each</c> of what takes longer than a second.</summary>
    public static string OfRate(double perSecond) => perSecond >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{perSecond:0.#}/s")
        : string.Create(CultureInfo.InvariantCulture, $"{1 / perSecond:0.#} s each");

    /// <summary><c>1 thread</c>, <c>2 threads</c>.</summary>
    public static string Count(long number, string one) => number is 1 ? $"1 {one}" : string.Create(CultureInfo.InvariantCulture, $"{number} {one}s");

    /// <summary><c>640 B</c>, <c>3.2 MB</c>, <c>1.4 GB</c>: powers of ten.</summary>
    public static string OfBytes(long bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
        var unit = 0;
        double size = bytes;
        while (size >= 999.5 && unit < units.Length - 1)
        {
            (size, unit) = (size / 1000, unit + 1);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{(size < 9.95 && unit > 0 ? Math.Round(size, 1) : Math.Round(size)):0.#} {units[unit]}");
    }

    /// <summary>Up to four decimals; <c>not finite</c> for what is none.</summary>
    public static string OfFigure(double? value) => value is { } figure && double.IsFinite(figure) ? figure.ToString("0.####", CultureInfo.InvariantCulture) : "not finite";

    /// <summary><c>-2.13 %</c>, <c>+0.40 %</c>, <c>0.00 %</c>; nothing for null.</summary>
    public static string OfChange(double? share) => share is { } change ? string.Create(CultureInfo.InvariantCulture, $"{change * 100:+0.00;-0.00;0.00} %") : "";

    /// <summary><c>2026-01-31 08:00Z</c>.</summary>
    public static string OfTime(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);

    /// <summary>An expectation and what came out.</summary>
    /// <param name="point">Of a sweep; null without one.</param>
    /// <param name="verdict">What was expected and found.</param>
    public static string Of(string? point, Verdict verdict) =>
        string.Create(CultureInfo.InvariantCulture, $"{(point is null ? "" : $"{point}: ")}acceptance length {verdict.Place}: {verdict.Found:0.000}, at least {verdict.AtLeast} expected: {(verdict.IsMet ? "met" : "MISSED")}");

    /// <summary>A model that a run fetches first.</summary>
    public static string Of(Outstanding model) => $"{model.Model} is downloaded before the first step: {Count(model.Weights.Count, "file")}, {OfBytes(model.Bytes)}";

    /// <summary>Done of total, rate, time left, and the stage's own figures, as far as they are known.</summary>
    public static string Of(Progressed progressed, Pace pace)
    {
        var parts = new List<string> { $"{progressed.Done}/{progressed.Total} {progressed.Unit}" };
        if (pace is { Rate: { } rate, Left: { } left })
        {
            parts.Add(OfRate(rate));
            parts.Add($"{Of(left)} left");
        }

        if (progressed.Detail is { } detail)
        {
            parts.Add(detail);
        }

        return string.Join("  ", parts);
    }
}
