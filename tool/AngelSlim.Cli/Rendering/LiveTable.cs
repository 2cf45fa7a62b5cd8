using AngelSlim.Core.Running;
using AngelSlim.Core.Stages;

namespace AngelSlim.Cli.Rendering;

/// <summary>A run on a terminal: a line for each step at work, and one for the whole; what is over stands above as plain lines.</summary>
internal sealed class LiveTable : IRunView
{
    private const int MostLines = 12;
    private static readonly TimeSpan BetweenRedraws = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BetweenTicks = TimeSpan.FromSeconds(1);

    private readonly Lock _turns = new();
    private readonly LiveRegion _region;
    private readonly TimeProvider _clock;
    private readonly int _steps;
    private readonly DateTimeOffset _began;
    private readonly ITimer _ticks;
    private readonly List<LiveStep> _running = [];
    private DateTimeOffset _drawn;
    private int _over;
    private bool _closed;

    /// <summary>From now on the terminal's last lines are its own.</summary>
    /// <param name="region">Where it is drawn.</param>
    /// <param name="steps">Steps of the run.</param>
    /// <param name="clock">Tells the time.</param>
    public LiveTable(LiveRegion region, int steps, TimeProvider clock)
    {
        (_region, _steps, _clock, _began) = (region, steps, clock, clock.GetUtcNow());
        _ticks = clock.CreateTimer(_ => Tick(), state: null, BetweenTicks, BetweenTicks);
    }

    /// <inheritdoc/>
    public void Take(StepEvent happened)
    {
        lock (_turns)
        {
            Note(happened);
            if (Told.Of(happened) is { } told)
            {
                Draw(Told.OnOneLine(told));
            }
            else if (happened.Event is Progressed && _clock.GetUtcNow() - _drawn >= BetweenRedraws)
            {
                Draw();
            }
        }
    }

    /// <inheritdoc/>
    public void Say(string text)
    {
        lock (_turns)
        {
            Draw(Told.OnOneLine(text));
        }
    }

    /// <summary>Clears the live lines; what stands above them stays.</summary>
    public void Dispose()
    {
        _ticks.Dispose();
        lock (_turns)
        {
            if (!_closed)
            {
                _closed = true;
                _region.Draw([]);
            }
        }
    }

    private void Note(StepEvent happened)
    {
        var step = _running.Find(step => step.Id == happened.StepId);
        switch (happened.Event)
        {
            case Began when step is null:
                _running.Add(new(happened.StepId, happened.At));
                break;
            case Progressed progressed:
                step?.Take(progressed, happened.At);
                break;
            case Ended:
                _running.RemoveAll(running => running.Id == happened.StepId);
                _over++;
                break;
        }
    }

    private void Tick()
    {
        lock (_turns)
        {
            // A terminal that nothing was drawn on yet stays clean: most runs that find everything made are over by then.
            if (!_closed && _running.Count > 0)
            {
                Draw();
            }
        }
    }

    private void Draw(params ReadOnlySpan<string> above)
    {
        _drawn = _clock.GetUtcNow();
        if (_running.Count is 0 || _closed)
        {
            _region.Draw([], above);
            return;
        }

        var room = _region.Room;
        var names = Math.Min(_running.Max(step => step.Id.Length), LiveStep.LongestName(room));
        var lines = _running.Take(MostLines).Select(step => step.Line(names, room, _drawn)).ToList();

        // A terminal echoes ^C behind the last line: what wraps there would move the region by a row.
        lines.Add(Whole(room - "^C".Length));
        _region.Draw(lines, above);
    }

    private string Whole(int room)
    {
        var line = Words.Of(_drawn - _began);
        string[] counts = [$"{_over} of {_steps} done", $"{_running.Count} running", $"{_steps - _over - _running.Count} waiting"];
        return counts.Aggregate(line, (shown, count) => shown.Length + 2 + count.Length <= room ? $"{shown}, {count}" : shown);
    }
}
