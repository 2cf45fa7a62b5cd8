using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Running;
using AngelSlim.Core.Stages;
using Xunit;

namespace AngelSlim.Package.Tests.Rendering;

public sealed class A_progress
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;
    private readonly StringWriter _talk = new();

    [Fact]
    public void Off_a_terminal_says_less_the_longer_it_takes()
    {
        var progress = new Progress(_talk, columns: null);
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
    public void On_a_terminal_is_one_line_that_fits()
    {
        var progress = new Progress(_talk, columns: () => 40);
        progress.Take(At(0, new Began("not made yet")));
        progress.Take(At(0, new Progressed(0, 400, "steps")));
        progress.Take(At(2, new Progressed(200, 400, "steps") { Detail = "loss 2.5" }));
        progress.Take(At(2.01, new Progressed(201, 400, "steps")));
        progress.Take(At(3, new Said("careful", Warning: true)));

        Assert.Equal(
            [
                "", "train: not made yet\n", "train [                    ] 0/400 step", "train [==========          ] 200/400 st",
                "train: warning: careful\n", "train [==========          ] 200/400 st",
            ],
            _talk.ToString().Split("\r\e[K"));
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
    [InlineData(0.44, "0.4 s")]
    [InlineData(9.96, "10 s")]
    [InlineData(59.6, "1 min 00 s")]
    [InlineData(185, "3 min 05 s")]
    [InlineData(7800, "2 h 10 min")]
    public void Says_times_as_people_do(double seconds, string said) => Assert.Equal(said, Words.Of(TimeSpan.FromSeconds(seconds)));

    private static StepEvent At(double seconds, RunEvent happened) => new("train", Start.AddSeconds(seconds), happened);
}
