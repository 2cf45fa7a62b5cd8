using System.Globalization;
using AngelSlim.Core.Stages;

namespace AngelSlim.Cli.Rendering;

/// <summary>A step at work, as one line of a terminal.</summary>
internal sealed class LiveStep(string id, DateTimeOffset began)
{
    private const string Gap = "  ";
    private const int LongestBar = 20;
    private const int ShortestBar = 10;
    private readonly Pace _pace = new();
    private Progressed? _last;

    /// <summary>Its name.</summary>
    public string Id { get; } = id;

    /// <summary>Columns that names may have on a line of so many.</summary>
    public static int LongestName(int room) => Math.Clamp(room / 4, 8, 28);

    /// <summary>Takes the next report.</summary>
    public void Take(Progressed progressed, DateTimeOffset at)
    {
        _pace.Take(progressed, at);
        _last = progressed;
    }

    /// <summary>Name, bar, and as many figures as fit, the most important first.</summary>
    /// <param name="nameWidth">Columns of the names of all lines.</param>
    /// <param name="room">Columns of the line.</param>
    /// <param name="now">The time.</param>
    public string Line(int nameWidth, int room, DateTimeOffset now)
    {
        var head = Cut(Id, nameWidth).PadRight(nameWidth);
        if (_last is not { } last)
        {
            return $"{head}{Gap}{Words.Of(now - began)}";
        }

        var bar = room / 5;
        var line = bar < ShortestBar ? head : $"{head} {Bar(last, Math.Min(bar, LongestBar))}";
        string[] figures = [.. Figures(last)];
        var withUnit = $"{figures[0]} {last.Unit}";
        if (line.Length + Gap.Length + withUnit.Length + figures.Skip(1).Take(1).Sum(left => Gap.Length + left.Length) <= room)
        {
            figures[0] = withUnit;
        }

        return figures.Aggregate(line, (shown, figure) => shown.Length + Gap.Length + figure.Length <= room ? shown + Gap + figure : shown);
    }

    /// <summary>A name cut in its middle: begin and end tell it from others.</summary>
    public static string Cut(string name, int width)
    {
        if (name.Length <= width)
        {
            return name;
        }

        var end = (width - 1) / 2;
        return $"{name[..(width - 1 - end)]}…{name[^end..]}";
    }

    private static string Bar(Progressed last, int width)
    {
        var share = last.Total <= 0 ? 1 : Math.Clamp((double)last.Done / last.Total, 0, 1);
        var filled = (int)(width * share);
        return $"[{new string('=', filled)}{new string(' ', width - filled)}]";
    }

    private IEnumerable<string> Figures(Progressed last)
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"{last.Done}/{last.Total}");
        if (_pace.Left is { } left)
        {
            yield return $"{Words.Of(left)} left";
        }

        if (_pace.Rate is { } rate)
        {
            yield return Words.OfRate(rate);
        }

        if (last.Detail is { } detail)
        {
            foreach (var figure in Told.OnOneLine(detail).Split(", "))
            {
                yield return figure;
            }
        }
    }
}
