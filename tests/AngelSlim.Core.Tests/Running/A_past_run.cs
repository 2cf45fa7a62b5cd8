using AngelSlim.Core.Manifests;
using AngelSlim.Core.Running;
using AngelSlim.Core.Stages;
using AngelSlim.Toy;
using Xunit;
using static AngelSlim.Toy.ToyStore;

namespace AngelSlim.Core.Tests.Running;

public sealed class A_past_run : IDisposable
{
    private static readonly DateTimeOffset Start = DateTimeOffset.Parse("2026-01-01T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture);
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Is_found_by_experiment_outcome_number_and_manifest()
    {
        using var database = RunDatabase.Open(_folder.Path);
        Run(database, 1, "a", "x/a.json", "made");
        Run(database, 2, "b", "b.json", "failed");
        Run(database, 3, "a", "a.json", "made");
        Run(database, 4, "a", "extra.json", "stopped");
        var runs = Past(database);

        Assert.Equal([4, 3, 2, 1], Ids(runs, new() { Most = 10 }));
        Assert.Equal([4, 3], Ids(runs, new() { Most = 2 }));
        Assert.Equal([2, 1], Ids(runs, new() { Most = 2, Before = 3 }));
        Assert.Equal([4, 3, 1], Ids(runs, new() { Most = 10, Name = "a" }));
        Assert.Equal([3, 1], Ids(runs, new() { Most = 10, Name = "a", State = RunState.Made }));
        Assert.Equal("b", runs.Get(2)!.Name);
        Assert.Null(runs.Get(5));
        Assert.Equal(3, runs.LastOf("a.json")!.Id);
        Assert.Null(runs.LastOf("json"));
        Assert.Equal(["a", "b"], runs.Names());
    }

    [Fact]
    public void Goes_on_as_long_as_its_process_lives()
    {
        using var database = RunDatabase.Open(_folder.Path);
        Run(database, 1, "killed", "a.json", outcome: null, pid: 10);
        Run(database, 2, "alive", "a.json", outcome: null, pid: 20);
        Run(database, 3, "its number was given again", "a.json", outcome: null, pid: 30);
        Run(database, 4, "elsewhere", "a.json", outcome: null, pid: 40, host: "there");
        Run(database, 5, "lost elsewhere", "a.json", outcome: null, pid: 20, host: "there");
        var starts = new Dictionary<int, DateTimeOffset> { [20] = Start, [30] = Start.AddMinutes(1), [40] = Start };
        var runs = new PastRuns(database, new Living("here", pid => starts.TryGetValue(pid, out var start) ? start : null, [new Holder(40, "there", Start)]));

        Assert.Equal([4, 2], Ids(runs, new() { Most = 10, State = RunState.Running }));
        Assert.Equal([5, 3, 1], Ids(runs, new() { Most = 10, State = RunState.Killed }));
        Assert.Equal([5], Ids(runs, new() { Most = 1, State = RunState.Killed }));
    }

    [Fact]
    public void Is_remembered_with_what_its_steps_were_made_of_and_measured()
    {
        using var toy = new ToyStore(_folder.Path);
        toy.Run(Write("a"), Count("many", "a"));
        var detail = RunDetail.Of(toy.Database, Past(toy.Database).Get(1)!);

        Assert.Equal(["a", "many"], detail.Steps.Select(step => step.Id));
        var many = detail.Steps[1];
        Assert.Equal((StepOutcome.Made, "not made yet", toy.Results["many"].Listing.Size, toy.Results["many"].Listing.Digest.Hex), (many.Outcome, many.Reason, many.Bytes, many.Digest));
        Assert.Equal([new LastValue("lines", null, 3)], many.Metrics);
        Assert.Equal([new PastInput("text", toy.Results["a"].Listing.Digest.Hex, toy.Results["a"].Key)], many.Inputs);
    }

    [Fact]
    public void Can_be_read_while_another_process_writes()
    {
        using var toy = new ToyStore(_folder.Path);
        toy.Run(Write("a"));
        toy.Database.InTransaction(() =>
        {
            toy.Database.Execute("update runs set name = 'not committed'");
            using var reader = RunDatabase.OpenToRead(_folder.Path);
            Assert.Equal(["toy"], Past(reader).Names());
        });
    }

    [Fact]
    public void Can_be_read_where_nothing_may_be_written()
    {
        using (var database = RunDatabase.Open(_folder.Path))
        {
            Run(database, 1, "a", "a.json", "made");
        }

        // A link to nowhere denies SQLite its own file, also to the superuser, whom no mode denies anything.
        File.CreateSymbolicLink(_folder.At("runs.db-shm"), _folder.At("nowhere", "x"));
        Assert.Throws<DataException>(() => RunDatabase.Open(_folder.Path));
        using var reader = RunDatabase.OpenToRead(_folder.Path);
        Assert.Equal(["a"], Past(reader).Names());
        Assert.Throws<DataException>(() => reader.Execute("delete from runs"));
    }

    [Fact]
    public void Says_how_far_its_step_was()
    {
        Assert.Null(StepProgress.Last(_folder.At("log.ndjson")));
        var log = _folder.At("log.ndjson");
        using (var written = new RunLog(log))
        {
            written.Write(new StepEvent("train", Start, new Progressed(1, 9, "steps")));
            written.Write(new StepEvent("train", Start.AddSeconds(2), new Progressed(3, 9, "steps") { Detail = "loss 2" }));
            for (var line = 0; line < 100; line++)
            {
                written.Write(new StepEvent("train", Start, new Measured("loss", line)));
            }
        }

        File.AppendAllText(log, """{"at":"2026-01-01T00:00:05Z","step":"train","event":"progressed","done":4,"to""");
        Assert.Equal(new StepProgress(Start.AddSeconds(2), new Progressed(3, 9, "steps") { Detail = "loss 2" }), StepProgress.Last(log));
    }

    public void Dispose() => _folder.Dispose();

    private static PastRuns Past(RunDatabase database) => new(database, new Living("here", _ => null, []));

    private static long[] Ids(PastRuns runs, RunFilter filter) => [.. runs.Find(filter).Select(run => run.Id)];

    private static void Run(RunDatabase database, long id, string name, string manifest, string? outcome, int pid = 1, string host = "here") => database.Execute(
        "insert into runs (id, manifest, name, effective, tool, host, pid, threads, started, outcome) values ($id, $manifest, $name, '{}', 'toy', $host, $pid, 1, $started, $outcome)",
        ("$id", id), ("$name", name), ("$manifest", manifest), ("$outcome", outcome), ("$pid", pid), ("$host", host), ("$started", RunDatabase.Time(Start)));
}
