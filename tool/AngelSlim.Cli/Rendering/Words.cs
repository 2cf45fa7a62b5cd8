using System.Globalization;
using AngelSlim.Core.Stages;

namespace AngelSlim.Cli.Rendering;

/// <summary>Figures as people read them.</summary>
internal static class Words
{
    /// <summary><c>0.4 s</c>, <c>12 s</c>, <c>3 min 05 s</c>, <c>2 h 10 min</c>.</summary>
    public static string Of(TimeSpan time) => time.TotalSeconds switch
    {
        < 9.95 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
        < 59.5 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s"),
        < 3599.5 => string.Create(CultureInfo.InvariantCulture, $"{(int)Math.Round(time.TotalSeconds) / 60} min {(int)Math.Round(time.TotalSeconds) % 60:00} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes:00} min"),
    };

    /// <summary><c>2.1/s</c>, or <c>4.5 s each</c> of what takes longer than a second.</summary>
    public static string OfRate(double perSecond) => perSecond >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{perSecond:0.#}/s")
        : string.Create(CultureInfo.InvariantCulture, $"{1 / perSecond:0.#} s each");

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
