using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Running;
using AngelSlim.Core.Stages;
using Xunit;

namespace AngelSlim.Package.Tests.Rendering;

public sealed class A_run_on_a_terminal
{
    private readonly HandClock _clock = new();
    private readonly TinyTerminal _terminal = new(columns: 80);

    [Fact]
    public void Has_a_line_for_each_step_at_work_and_one_for_the_whole()
    {
        using var view = View(steps: 8);
        Happens(view, "tokenize", new Ended(new StepResult("tokenize", "tokenize", StepOutcome.Cached, 0)));
        Happens(view, "train", new Began("not made yet"));
        Happens(view, "evaluate-k2", new Began("learningRate was 0.001, is 0.002"));
        Happens(view, "train", new Progressed(0, 400, "steps"));
        _clock.Pass(seconds: 100);
        Happens(view, "train", new Progressed(200, 400, "steps") { Detail = "loss 2.5" });

        Assert.Equal(
            """
            train: not made yet
            evaluate-k2: learningRate was 0.001, is 0.002
            train       [=======        ]  200/400 steps  1 min 40 s left  2/s  loss 2.5
            evaluate-k2  1 min 40 s
            1 min 40 s, 1 of 8 done, 2 running, 5 waiting
            """,
            _terminal.ToString());
    }

    [Fact]
    public void Keeps_what_is_over_and_clears_the_rest()
    {
        using (var view = View(steps: 1))
        {
            Happens(view, "train", new Began("not made yet"));
            Happens(view, "train", new Progressed(1, 2, "steps"));
            Happens(view, "train", new Said("look here", Warning: true));
            Happens(view, "train", new Progressed(2, 2, "steps"));
            view.Say("Stopping at the next safe place.");
        }

        Assert.Equal("train: not made yet\ntrain: warning: look here\nStopping at the next safe place.\n", _terminal.ToString());
    }

    [Theory]
    [InlineData(40, "eval…e-k2  200/400  1 min 40 s left\n1 min 40 s, 0 of 8 done, 1 running")]
    [InlineData(60, "evaluate-k2 [=====      ]  200/400 prompts  1 min 40 s left\n1 min 40 s, 0 of 8 done, 1 running, 7 waiting")]
    [InlineData(120, "evaluate-k2 [==========          ]  200/400 prompts  1 min 40 s left  2/s  loss 2.5\n1 min 40 s, 0 of 8 done, 1 running, 7 waiting")]
    [InlineData(3, "ev\n1 ")]
    [InlineData(0, "e\n1")]
    public void Fits_every_width(int columns, string shown)
    {
        _terminal.Columns = columns;
        using var view = View(steps: 8);
        Happens(view, "evaluate-k2", new Began("x"));
        Happens(view, "evaluate-k2", new Progressed(0, 400, "prompts"));
        _clock.Pass(seconds: 100);
        Happens(view, "evaluate-k2", new Progressed(200, 400, "prompts") { Detail = "loss 2.5" });
        Assert.EndsWith(shown, string.Join('\n', _terminal.Writes[^1].Split("\e[J")[^1]), StringComparison.Ordinal);
    }

    [Fact]
    public void Is_drawn_at_most_ten_times_a_second()
    {
        using var view = View(steps: 1);
        Happens(view, "train", new Began("not made yet"));
        var before = _terminal.Writes.Count;
        for (var done = 0; done < 10_000; done++)
        {
            _clock.Pass(seconds: 0.001);
            Happens(view, "train", new Progressed(done, 10_000, "steps"));
        }

        Assert.InRange(_terminal.Writes.Count - before, 90, 100);
    }

    [Fact]
    public void Survives_a_terminal_that_becomes_narrower()
    {
        using (var view = View(steps: 3))
        {
            Happens(view, "train", new Began("x"));
            Happens(view, "train", new Progressed(1, 400, "steps") { Detail = "a detail that makes the line long" });
            _clock.Pass(seconds: 1);
            Happens(view, "train", new Progressed(2, 400, "steps") { Detail = "a detail that makes the line long" });
            _terminal.Narrow(to: 30);
            _clock.Pass(seconds: 1);
            Happens(view, "train", new Progressed(3, 400, "steps"));
        }

        Assert.Equal("train: x\n", _terminal.ToString());
    }

    [Fact]
    public void Is_not_disturbed_by_what_a_terminal_echoes_of_a_signal()
    {
        _terminal.Columns = 40;
        using (var view = View(steps: 8))
        {
            _clock.Pass(seconds: 10);
            Happens(view, "train", new Began("x"));
            _terminal.Write("^C");
            view.Say("Stopping.");
        }

        Assert.Equal("train: x\nStopping.\n", _terminal.ToString());
    }

    [Fact]
    public void Draws_nothing_when_everything_was_there()
    {
        using (var view = View(steps: 1))
        {
            Happens(view, "train", new Ended(new StepResult("train", "train", StepOutcome.Cached, 0)));
        }

        Assert.Equal("", _terminal.ToString());
    }

    private LiveTable View(int steps) => new(new LiveRegion(_terminal, () => _terminal.Columns), steps, _clock);

    private void Happens(LiveTable view, string step, RunEvent happened) => view.Take(new StepEvent(step, _clock.GetUtcNow(), happened));
}
