using AngelSlim.Core.Manifests;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Running;
using AngelSlim.Core.Stages;
using AngelSlim.Toy;
using CsCheck;
using Xunit;
using static AngelSlim.Toy.ToyStore;

namespace AngelSlim.Core.Tests.Running;

public sealed class Steps_at_once : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly TemporaryFolder _folder = new();
    private readonly Crowd _crowd = new();

    [Fact]
    public void Really_run_at_once()
    {
        using var both = new Barrier(2);
        using var toy = Store(jobs: 2);

        toy.Run(Act("a", _ => Meet(both)), Act("b", _ => Meet(both)), Join("all", "a", "b"));

        Assert.Equal("a-\nb", toy.TextOf("all"));
    }

    [Fact]
    public void Are_no_more_than_were_asked_for()
    {
        using var toy = Store(jobs: 2);

        toy.Run([.. Enumerable.Range(0, 6).Select(i => Act($"s{i}", _ => _crowd.Stay()))]);

        Assert.Equal(2, _crowd.Most);
    }

    [Fact]
    public void Need_no_more_memory_than_there_is()
    {
        using var toy = Store(jobs: 4, memory: 10);

        toy.Run([.. Enumerable.Range(0, 4).Select(i => Act($"s{i}", new ActStage(_ => _crowd.Stay()) { Needs = new(Memory: 6) }))]);

        Assert.Equal(1, _crowd.Most);
        Assert.Contains(toy.Events, happened => happened.Event is Queued { Needs.Memory: 6 });
    }

    [Fact]
    public void May_need_all_the_memory_together()
    {
        using var both = new Barrier(2);
        using var toy = Store(jobs: 4, memory: 10);

        toy.Run([.. Enumerable.Range(0, 2).Select(i => Act($"s{i}", new ActStage(_ => Meet(both)) { Needs = new(Memory: 5) }))]);
    }

    [Fact]
    public void With_one_that_needs_more_than_there_is_leave_it_alone_and_say_so()
    {
        using var toy = Store(jobs: 4, memory: 10);
        var alone = 0;

        toy.Run([Act("big", new ActStage(_ => alone = _crowd.Stay()) { Needs = new(Memory: 11) }), .. Enumerable.Range(0, 3).Select(i => Act($"s{i}", _ => _crowd.Stay()))]);

        Assert.Equal(1, alone);
        Assert.Contains(toy.Events, happened => happened is { StepId: "big", Event: Said { Warning: true, Text: var said } } && said.Contains("It runs alone", StringComparison.Ordinal));
    }

    [Fact]
    public void Use_the_GPU_one_at_a_time_and_the_processor_beside_it()
    {
        using var toy = Store(jobs: 4);
        using var both = new Barrier(2);

        toy.Run(
            Act("g0", new ActStage(_ => { _crowd.Stay(); Meet(both); }) { On = "cuda:0" }),
            Act("g1", new ActStage(_ => _crowd.Stay()) { On = "cuda:0" }),
            Act("g2", new ActStage(_ => _crowd.Stay()) { On = "cuda:1" }),
            Act("c", _ => Meet(both)));

        Assert.Equal(1, _crowd.Most);
    }

    [Fact]
    public void Leave_one_alone_that_measures_time()
    {
        using var toy = Store(jobs: 3);
        var alone = 0;

        toy.Run(
            Act("a", _ => _crowd.Stay()), Act("b", _ => _crowd.Stay()),
            Act("timed", new ActStage(_ => alone = _crowd.Stay()) { Needs = new(Alone: true) }),
            Act("c", _ => _crowd.Stay()), Act("d", _ => _crowd.Stay()));

        Assert.Equal(1, alone);
        Assert.InRange(_crowd.Most, 2, 3);
    }

    [Fact]
    public void Of_which_one_fails_go_on_to_their_end_and_none_begins_after()
    {
        using var both = new Barrier(2);
        using var failed = new ManualResetEventSlim();
        using var toy = Store(jobs: 2);
        toy.Happened = happened => { if (happened is { StepId: "a", Event: Ended }) { failed.Set(); } };

        var failure = Assert.Throws<DataException>(() => toy.Run(
            Act("a", _ => { Meet(both); throw new DataException(ProblemCode.BadRow, "half a row"); }),
            Act("b", _ => { Meet(both); Assert.True(failed.Wait(Patience)); }),
            Act("c", _ => _crowd.Stay()),
            Act("of-a", _ => _crowd.Stay(), "a"),
            Act("of-of-a", _ => _crowd.Stay(), "of-a")));

        Assert.Equal(ProblemCode.BadRow, failure.Problem.Code);
        Assert.Equal(new() { ["a"] = "failed", ["of-a"] = "skipped", ["of-of-a"] = "skipped", ["b"] = "made" }, toy.Outcomes);
        Assert.Equal(0, _crowd.Most);
        Assert.Equal(["a failed", "b made", "of-a skipped", "of-of-a skipped"], Recorded(toy));
        Assert.Equal("failed", toy.Database.Scalar("select outcome from runs"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void That_do_not_read_what_failed_are_made_when_asked_to_and_every_failure_is_told(int jobs)
    {
        using var toy = new ToyStore(_folder.Path) { Policy = new() { Jobs = jobs, WhenFailed = WhenFailed.KeepGoing } };

        var failure = Assert.Throws<StepsFailedException>(() => toy.Run(
            Act("a", _ => throw new DataException(ProblemCode.BadRow, "half a row")),
            Act("b", _ => throw new InvalidOperationException("a bug")),
            Act("c", _ => { }), Act("of-a-and-c", _ => { }, "a", "c"), Act("of-c", _ => { }, "c")));

        Assert.Equal(["a", "b"], failure.Failures.Select(each => each.StepId).Order());
        Assert.Equal(["a failed", "b failed", "c made", "of-a-and-c skipped", "of-c made"], Recorded(toy));
    }

    [Fact]
    public void Are_all_told_to_stop()
    {
        using var stop = new CancellationTokenSource();
        using var both = new Barrier(2);
        using var toy = new ToyStore(_folder.Path) { Policy = new() { Jobs = 2 }, Cancellation = stop.Token };
        void Wait(StageContext context)
        {
            Meet(both);
            stop.Cancel();
            Assert.True(context.Cancellation.WaitHandle.WaitOne(Patience));
            context.Cancellation.ThrowIfCancellationRequested();
        }

        Assert.Throws<OperationCanceledException>(() => toy.Run(Act("a", Wait), Act("b", Wait), Act("c", _ => _crowd.Stay())));

        Assert.Equal(["a stopped", "b stopped"], Recorded(toy));
        Assert.Equal(2L, toy.Database.Scalar("select count(*) from attempts where outcome = 'stopped'"));
        Assert.Equal("stopped", toy.Database.Scalar("select outcome from runs"));
        Assert.Equal(0, _crowd.Most);
        Assert.Equal(2, toy.Store.Started().Count);
    }

    [Fact]
    public void That_ask_for_the_same_result_make_it_once_and_nobody_is_told_to_wait()
    {
        using var toy = Store(jobs: 2);
        var same = new ActStage(_ => _crowd.Stay());

        toy.Run(Act("a", same), Act("a", same) with { Id = "b" });

        Assert.Equal(["cached", "made"], toy.Outcomes.Values.Order());
        Assert.DoesNotContain(toy.Events, happened => happened.Event is Waiting);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Do_not_wait_for_another_process_as_long_as_one_of_them_can_begin(int jobs)
    {
        using var toy = Store(jobs);
        Step[] steps = [Write("a"), Write("b"), Write("c")];
        var other = StoreLock.TryTake(toy.Store.Root, toy.Plan(steps).Steps[0].Recipe!.Key, new Holder(1, "there", DateTimeOffset.UnixEpoch))!;
        var awaited = new HashSet<string> { "a waits", "c is over" };
        toy.Happened = happened =>
        {
            awaited.Remove(happened switch { { Event: Waiting } => "a waits", { StepId: "c", Event: Ended } => "c is over", _ => "" });
            if (awaited.Count is 0)
            {
                other.Dispose();
            }
        };

        toy.Run(steps);

        Assert.Equal("a", toy.Events.Last(happened => happened.Event is Ended).StepId);
        Assert.Equal("process 1 on there since 1970-01-01 00:00:00Z", Holder.Name(Assert.IsType<Waiting>(Assert.Single(toy.Events, happened => happened.Event is Waiting).Event).Holder));
    }

    [Fact]
    public void That_wait_for_another_process_can_be_stopped()
    {
        using var stop = new CancellationTokenSource();
        using var toy = new ToyStore(_folder.Path) { Cancellation = stop.Token };
        using var other = StoreLock.TryTake(toy.Store.Root, toy.Plan(Write("a")).Steps[0].Recipe!.Key, new Holder(1, "there", DateTimeOffset.UnixEpoch));
        toy.Happened = happened => { if (happened.Event is Waiting) { stop.Cancel(); } };

        Assert.Throws<OperationCanceledException>(() => toy.Run(Write("a")));
    }

    [Fact]
    public void One_at_a_time_follow_the_plan()
    {
        using var toy = Store(jobs: 1);

        toy.Run(Act("c", _ => { }, "a"), Act("b", _ => { }), Act("a", _ => { }), Act("d", _ => { }, "b"));

        Assert.Equal(["b", "a", "c", "d"], toy.Events.Where(happened => happened.Event is Began).Select(happened => happened.StepId));
    }

    [Fact]
    public void Give_the_bytes_that_they_give_one_by_one()
    {
        var step = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 255], (kind, read) => (kind, read));
        step.List[1, 9].Sample(
            drawn =>
            {
                var steps = drawn.Index().Select(each => Drawn(each.Index, each.Item.kind, each.Item.read)).ToArray();
                string[] DigestsBy(int jobs)
                {
                    using var folder = new TemporaryFolder();
                    using var toy = new ToyStore(folder.Path) { Policy = new() { Jobs = jobs } };
                    toy.Run(steps);
                    return [.. steps.Select(made => toy.Results[made.Id].Listing.Digest.Hex)];
                }

                Assert.Equal(DigestsBy(1), DigestsBy(4));
            },
            iter: 25,
            threads: 1);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>A step that reads some of those before it; some ask for the same result.</summary>
    private static Step Drawn(int place, int kind, int read)
    {
        string[] parts = [.. Enumerable.Range(0, place).Where(i => (read >> (i % 8) & 1) is 1).Select(i => $"s{i}")];
        return kind switch
        {
            0 when parts.Length > 0 => Count($"s{place}", parts[^1]),
            1 or 2 when parts.Length > 0 => Join($"s{place}", parts),
            _ => Write($"s{place}", new() { Word = $"w{read % 3}", Lines = 1 + (read % 2) }),
        };
    }

    private ToyStore Store(int jobs, long memory = long.MaxValue) => new(_folder.Path) { Policy = new() { Jobs = jobs, Memory = memory } };

    private static void Meet(Barrier both) => Assert.True(both.SignalAndWait(Patience), "nobody else was at work");

    private static List<string> Recorded(ToyStore toy) => [.. toy.Database.Rows("select id, outcome from steps", row => $"{row.GetString(0)} {row.GetString(1)}").Order(StringComparer.Ordinal)];

    /// <summary>Counts how many are at work at once.</summary>
    private sealed class Crowd
    {
        private readonly Lock _turns = new();
        private int _now;

        public int Most { get; private set; }

        /// <summary>Stays for a while.</summary>
        /// <returns>The most that were there meanwhile.</returns>
        public int Stay()
        {
            var most = 0;
            Change(+1);
            for (var i = 0; i < 10; i++)
            {
                most = Math.Max(most, Change(0));
                Thread.Sleep(5);
            }

            Change(-1);
            return most;
        }

        private int Change(int by)
        {
            lock (_turns)
            {
                _now += by;
                Most = Math.Max(Most, _now);
                return _now;
            }
        }
    }
}
