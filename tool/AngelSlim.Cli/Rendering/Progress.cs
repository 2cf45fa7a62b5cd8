using AngelSlim.Core.Running;
using AngelSlim.Core.Stages;

namespace AngelSlim.Cli.Rendering;

/// <summary>Shows a run while it goes on: one live line on a terminal, plain lines at growing intervals elsewhere.</summary>
/// <param name="talk">Where to.</param>
/// <param name="columns">Width of the terminal; null where it is none.</param>
internal sealed class Progress(TextWriter talk, Func<int>? columns)
{
    private const int BarWidth = 20;
    private const string ClearLine = "\r\x1b[K";
    private static readonly TimeSpan BetweenRedraws = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FirstLine = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(1);

    private readonly Lock _turns = new();
    private Pace _pace = new();
    private string _live = "";
    private DateTimeOffset _shown;
    private TimeSpan _silence;

    /// <summary>Takes what happened.</summary>
    public void Take(StepEvent happened)
    {
        lock (_turns)
        {
            switch (happened.Event)
            {
                case Began began:
                    (_pace, _shown, _silence) = (new Pace(), happened.At, columns is null ? FirstLine : TimeSpan.Zero);
                    Line($"{happened.StepId}: {began.Reason}");
                    break;
                case Progressed progressed:
                    _pace.Take(progressed, happened.At);
                    Show(happened, progressed);
                    break;
                case Said said:
                    Line($"{happened.StepId}: {(said.Warning ? "warning: " : "")}{said.Text}");
                    break;
                case Ended { Result: { Outcome: not StepOutcome.Cached } result }:
                    _live = "";
                    Line($"{happened.StepId}: {RunRecord.Word(result.Outcome)} in {Words.Of(TimeSpan.FromSeconds(result.Seconds))}");
                    break;
            }
        }
    }

    private void Show(StepEvent happened, Progressed progressed)
    {
        var last = progressed.Done >= progressed.Total;
        if (happened.At - _shown < _silence && !(last && columns is not null))
        {
            return;
        }

        _shown = happened.At;
        if (columns is null)
        {
            // 5, 10, 20, 40, 60, 60 ... seconds: a short step says little, a long one stays alive in a log.
            _silence = _silence * 2 < LongestSilence ? _silence * 2 : LongestSilence;
            Line($"{happened.StepId}: {Words.Of(progressed, _pace)}");
            return;
        }

        _silence = BetweenRedraws;
        var filled = progressed.Total is 0 ? BarWidth : (int)(BarWidth * Math.Clamp((double)progressed.Done / progressed.Total, 0, 1));
        _live = $"{happened.StepId} [{new string('=', filled)}{new string(' ', BarWidth - filled)}] {Words.Of(progressed, _pace)}";
        Draw();
    }

    /// <summary>A line that stays, above the live one.</summary>
    private void Line(string text)
    {
        talk.WriteLine(columns is null ? text : ClearLine + text);
        Draw();
    }

    private void Draw()
    {
        if (columns is null || _live.Length is 0)
        {
            return;
        }

        // One column free: a full line would wrap, and could then not be cleared.
        var room = Math.Max(columns() - 1, 0);
        talk.Write(ClearLine + (_live.Length <= room ? _live : _live[..room]));
    }
}
