using AngelSlim.Core.Running;
using AngelSlim.Core.Stages;

namespace AngelSlim.Cli.Rendering;

/// <summary>A run as lines for a file or a log: what begins and ends, and how far a step is, at growing intervals.</summary>
internal sealed class PlainLines(TextWriter talk) : IRunView
{
    private static readonly TimeSpan FirstSilence = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(1);

    private readonly Lock _turns = new();
    private readonly Dictionary<string, Step> _steps = [];

    /// <inheritdoc/>
    public void Take(StepEvent happened)
    {
        lock (_turns)
        {
            if (happened.Event is Began)
            {
                _steps[happened.StepId] = new(happened.At);
            }

            if (happened.Event is Progressed progressed && _steps.TryGetValue(happened.StepId, out var step) && step.IsWorthALine(progressed, happened.At))
            {
                Line($"{happened.StepId}: {Words.Of(progressed, step.Pace)}");
            }
            else if (Told.Of(happened) is { } told)
            {
                Line(told);
            }
        }
    }

    /// <inheritdoc/>
    public void Say(string text)
    {
        lock (_turns)
        {
            Line(text);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void Line(string text) => talk.WriteLine(Told.OnOneLine(text));

    /// <summary>When a step was heard of last.</summary>
    private sealed class Step(DateTimeOffset began)
    {
        private DateTimeOffset _shown = began;
        private TimeSpan _silence = FirstSilence;

        public Pace Pace { get; } = new();

        /// <summary>5, 10, 20, 40, 60, 60 ... seconds: a short step says little, a long one stays alive in a log.</summary>
        public bool IsWorthALine(Progressed progressed, DateTimeOffset at)
        {
            Pace.Take(progressed, at);
            if (at - _shown < _silence)
            {
                return false;
            }

            _shown = at;
            _silence = _silence * 2 < LongestSilence ? _silence * 2 : LongestSilence;
            return true;
        }
    }
}
