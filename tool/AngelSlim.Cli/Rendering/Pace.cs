using AngelSlim.Core.Stages;

namespace AngelSlim.Cli.Rendering;

/// <summary>How fast a step gets on, judged by what this attempt has done: items of earlier attempts cost it nothing.</summary>
internal sealed class Pace
{
    private static readonly TimeSpan Judged = TimeSpan.FromSeconds(1);
    private DateTimeOffset _since;
    private long _from;
    private bool _known;

    /// <summary>Items per second; null until a second of work has been seen.</summary>
    public double? Rate { get; private set; }

    /// <summary>Time to the end at that rate.</summary>
    public TimeSpan? Left { get; private set; }

    /// <summary>Takes the next report.</summary>
    public void Take(Progressed progressed, DateTimeOffset at)
    {
        if (!_known || progressed.Done < _from)
        {
            (_since, _from, _known) = (at, progressed.Done, true);
            (Rate, Left) = (null, null);
            return;
        }

        var elapsed = at - _since;
        if (elapsed >= Judged && progressed.Done > _from)
        {
            Rate = (progressed.Done - _from) / elapsed.TotalSeconds;
            Left = TimeSpan.FromSeconds(Math.Max(0, progressed.Total - progressed.Done) / Rate.Value);
        }
    }
}
