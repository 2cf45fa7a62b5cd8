using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Running;
using AngelSlim.Core.Stages;
using Xunit;

namespace AngelSlim.Package.Tests.Rendering;

public sealed class A_run_as_plain_lines
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;
    private readonly StringWriter _talk = new();

    [Fact]
    public void Says_less_the_longer_it_takes()
    {
        using var progress = new PlainLines(_talk);
        progress.Take(At(0, new Began("not made yet")));
        for (var second = 0; second <= 100; second++)
        {
            progress.Take(At(second, new Progressed(second * 2, 400, "steps") { Detail = "loss 2.5" }));
        }

        progress.Take(At(200, new Ended(new StepResult("train", "train", StepOutcome.Made, 200))));

        // 400 steps at 2 a second; lines after 5, 10, 20 and 40 seconds of silence.
        Assert.Equal(
            """
            train: not made yet
            train: 10/400 steps  2/s  3 min 15 s left  loss 2.5
            train: 30/400 steps  2/s  3 min 05 s left  loss 2.5
            train: 70/400 steps  2/s  2 min 45 s left  loss 2.5
            train: 150/400 steps  2/s  2 min 05 s left  loss 2.5
            train: made in 3 min 20 s

            """,
            _talk.ToString());
    }

    [Fact]
    public void Says_how_far_each_of_several_steps_is()
    {
        using var view = new PlainLines(_talk);
        view.Take(At(0, new Began("not made yet"), "a"));
        view.Take(At(3, new Began("not made yet"), "b"));
        view.Take(At(6, new Progressed(6, 10, "rows"), "a"));
        view.Take(At(7, new Progressed(7, 10, "rows"), "b"));
        view.Take(At(9, new Progressed(9, 10, "rows"), "b"));
        Assert.Equal("a: not made yet\nb: not made yet\na: 6/10 rows\nb: 9/10 rows  1/s  1.0 s left\n", _talk.ToString());
    }

    [Fact]
    public void Lets_no_text_from_outside_move_the_cursor()
    {
        using var view = new PlainLines(_talk);
        view.Take(At(0, new Said("row \e[2J\r\nnext")));
        Assert.Equal("train: row ?[2J??next\n", _talk.ToString());
    }

    [Fact]
    public void Counts_only_what_this_attempt_did()
    {
        var pace = new Pace();
        pace.Take(new Progressed(1000, 1100, "rows"), Start);
        Assert.Null(pace.Left);
        pace.Take(new Progressed(1010, 1100, "rows"), Start.AddSeconds(5));
        Assert.Equal(2.0, pace.Rate);
        Assert.Equal(TimeSpan.FromSeconds(45), pace.Left);
    }

    [Theory]
    [InlineData(-1, "?")]
    [InlineData(0.44, "0.4 s")]
    [InlineData(9.96, "10 s")]
    [InlineData(59.6, "1 min 00 s")]
    [InlineData(185, "3 min 05 s")]
    [InlineData(7800, "2 h 10 min")]
    public void Says_times_as_people_do(double seconds, string said) => Assert.Equal(said, Words.Of(TimeSpan.FromSeconds(seconds)));

    private static StepEvent At(double seconds, RunEvent happened, string step = "train") => new(step, Start.AddSeconds(seconds), happened);
}
