using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Running;
using AngelSlim.Core.Tests.Running;
using AngelSlim.Core.Upkeep;
using AngelSlim.Toy;
using Xunit;
using static AngelSlim.Toy.ToyStore;

namespace AngelSlim.Core.Tests.Upkeep;

public sealed class A_garbage_collection : IDisposable
{
    private static readonly GarbagePolicy LastRun = new(LastRuns: 1, TimeSpan.Zero);
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Keeps_what_the_last_runs_of_each_experiment_used()
    {
        using var toy = new ToyStore(_folder.Path);
        toy.Run(Write("a"), Write("b"), Join("all", "a", "b"));
        toy.RunAs("other", Write("c"));
        toy.Run(Write("a"));

        Assert.Equal(["join", "write:b"], Names(Search(toy, LastRun)));
        Assert.Empty(Search(toy, LastRun with { LastRuns = 2 }).Garbage);
        Assert.Empty(Search(toy, LastRun with { Age = TimeSpan.FromDays(1) }).Garbage);
        Assert.Contains("last used by run 1 (toy) of ", Search(toy, LastRun).Garbage[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Keeps_what_is_pinned_and_what_that_was_made_of()
    {
        using var toy = new ToyStore(_folder.Path);
        toy.Run(Write("a"), Write("b"), Join("all", "a"));
        var (all, first) = (toy.Results["all"].Key, KnownRuns.Of(toy.Database, Assert.Fail)[0]);
        toy.Run(Write("c"));
        var pins = new Pins(toy.Store.Root);

        var pin = pins.Add(all, "the best yet", DateTimeOffset.UnixEpoch);
        Assert.Equal(["write:b"], Names(Search(toy, LastRun)));
        Assert.Equal((pin.Name, pin.Reason, all), (Assert.Single(pins.All(Assert.Fail)).Name, "the best yet", pins.All(Assert.Fail)[0].Keys[0]));
        pins.Remove(pin);
        Assert.Equal(3, Search(toy, LastRun).Garbage.Count);
        pins.Add(first, reason: null, DateTimeOffset.UnixEpoch);
        Assert.Empty(Search(toy, LastRun).Garbage);
    }

    [Fact]
    public void Knows_what_to_keep_after_the_index_is_lost()
    {
        using (var toy = new ToyStore(_folder.Path))
        {
            toy.Run(Write("a"), Write("b"));
            toy.Run(Write("a"));
        }

        File.Delete(_folder.At("runs.db"));
        using var again = new ToyStore(_folder.Path);
        Assert.Equal(["write:b"], Names(Search(again, LastRun)));
    }

    [Fact]
    public void Deletes_no_result_when_no_run_is_known()
    {
        using (var toy = new ToyStore(_folder.Path))
        {
            toy.Run(Write("a"), Write("b"));
        }

        Forget();
        using var again = new ToyStore(_folder.Path);
        var report = Search(again, LastRun);
        Assert.Empty(report.Garbage);
        Assert.Contains("No run is known", Assert.Single(report.Remarks), StringComparison.Ordinal);
    }

    [Fact]
    public void Deletes_nothing_that_is_older_than_what_it_knows_unless_told_so()
    {
        using (var toy = new ToyStore(_folder.Path))
        {
            toy.Run(Write("a"), Write("b"));
        }

        Forget();
        using var again = new ToyStore(_folder.Path);
        again.Run(Write("a"));
        var report = Search(again, LastRun);
        Assert.Empty(report.Garbage);
        Assert.StartsWith("1 result: no known run used", Assert.Single(report.Remarks), StringComparison.Ordinal);
        Assert.Equal(["write:b"], Names(Search(again, LastRun with { Forgotten = true })));
    }

    [Theory]
    [InlineData("runs/1.json")]
    [InlineData("pins/run-1.json")]
    public void Deletes_no_result_when_something_that_keeps_results_cannot_be_read(string file)
    {
        using (var toy = new ToyStore(_folder.Path))
        {
            toy.Run(Write("a"), Write("b"));
            new Pins(toy.Store.Root).Add(KnownRuns.Of(toy.Database, Assert.Fail)[0], reason: null, DateTimeOffset.UnixEpoch);
            toy.Run(Write("a"));
        }

        File.Delete(_folder.At("runs.db"));
        File.WriteAllText(_folder.At(file), "");
        using var again = new ToyStore(_folder.Path);
        var report = Search(again, LastRun);
        Assert.Empty(report.Garbage);
        Assert.Contains(Path.GetFileName(file), Assert.Single(report.Remarks), StringComparison.Ordinal);
    }

    [Fact]
    public void Finds_old_work_that_nobody_goes_on_with_but_not_that_of_a_kept_run()
    {
        using var toy = new ToyStore(_folder.Path);
        toy.Happened = happened =>
        {
            if (happened.Event is Core.Stages.Progressed { Done: 2 })
            {
                throw new IOException("stopped");
            }
        };
        Assert.Throws<IOException>(() => toy.Run(Write("a")));
        var abandoned = toy.Plan(Write("b")).Steps[0].Recipe!.Key;
        toy.Store.Work(abandoned).Create();
        Assert.Equal(2, toy.Store.Started().Count);

        Assert.Equal([$"{abandoned}"], Search(toy, LastRun).Garbage.Select(item => item.Name));
        Assert.Empty(Search(toy, LastRun with { Age = TimeSpan.FromDays(1) }).Garbage);
        using (StoreLock.TryTake(toy.Store.Root, abandoned, new Holder(1, "here", DateTimeOffset.UnixEpoch)))
        {
            Assert.Empty(Search(toy, LastRun).Garbage);
        }
    }

    [Fact]
    public void Keeps_of_the_latest_runs_what_fits_and_of_pins_everything()
    {
        using var toy = new ToyStore(_folder.Path);
        toy.Run(Write("a"), Join("of-a", "a"));
        toy.RunAs("other", Write("b"), Join("of-b", "b"));
        toy.Run(Write("c"));
        var everything = new GarbagePolicy(LastRuns: 5, TimeSpan.FromDays(14));
        var sizes = toy.Store.Objects().ToDictionary(found => File.ReadAllText(Path.Combine(found.Artifact!.Folder, "text"))[..1] + found.Key.Stage, found => DiskUse.Of(found.Folder).Bytes);
        var lastTwo = sizes["cwrite"] + sizes["bwrite"] + sizes["bjoin"];

        Assert.Empty(Search(toy, everything with { MostBytes = sizes.Values.Sum() }).Garbage);
        Assert.Equal(["join", "write:a"], Names(Search(toy, everything with { MostBytes = sizes.Values.Sum() - 1 })));
        Assert.Equal(["join", "write:a"], Names(Search(toy, everything with { MostBytes = lastTwo })));
        Assert.Equal(["join", "join", "write:a", "write:b"], Names(Search(toy, everything with { MostBytes = lastTwo - 1 })).Order());
        new Pins(toy.Store.Root).Add(KnownRuns.Of(toy.Database, Assert.Fail)[0], reason: null, DateTimeOffset.UnixEpoch);
        Assert.Equal(["join", "write:b", "write:c"], Names(Search(toy, everything with { MostBytes = 1 })).Order());
    }

    [Fact]
    public void Takes_the_last_number_for_the_latest_run_though_the_clock_was_set_back()
    {
        using (var early = new ToyStore(_folder.Path))
        {
            early.Run(Write("a"));
        }

        using var toy = new ToyStore(_folder.Path, new Earlier(TimeSpan.FromDays(400)));
        toy.Run(Write("b"));
        Assert.Equal(["write:a"], Names(Search(toy, LastRun)));
    }

    [Fact]
    public void Finds_what_a_check_of_the_cache_left()
    {
        using (var toy = new ToyStore(_folder.Path) { Policy = new() { VerifiedShare = 1 } })
        {
            toy.Run(Write("a"));
            toy.Happened = happened =>
            {
                if (happened.Event is Core.Stages.Progressed { Done: 2 })
                {
                    throw new IOException("stopped");
                }
            };
            Assert.Throws<IOException>(() => toy.Run(Write("a")));
        }

        using var again = new ToyStore(_folder.Path);
        var left = Assert.Single(Search(again, LastRun).Garbage);
        Assert.Equal((GarbageKind.Verification, Assert.Single(Directory.GetDirectories(again.Store.Verify))), (left.Kind, left.Path));
        Assert.Empty(Search(again, LastRun with { Age = TimeSpan.FromDays(1) }).Garbage);
        Assert.Contains(
            new Doctor(again.Store.Root, Treatment.Look, TimeProvider.System, _ => { }).Examine(),
            finding => finding is { Check: "verify", Health: Health.Note } && finding.Text.StartsWith("results that were made again to be compared, and left: 1, ", StringComparison.Ordinal));
    }

    [Fact]
    public void Waits_for_nobody_and_takes_nothing_from_who_reads()
    {
        using var toy = new ToyStore(_folder.Path);
        Assert.Null(StoreGate.TryTake(toy.Store.Root, new Holder(1, "here", DateTimeOffset.UnixEpoch)));
    }

    [Fact]
    public void Deletes_folders_that_may_only_be_read()
    {
        var inner = Directory.CreateDirectory(_folder.At("locked", "inner")).FullName;
        File.WriteAllText(Path.Combine(inner, "file"), "");
        Directory.CreateDirectory(_folder.At("elsewhere", "kept"));
        Directory.CreateSymbolicLink(Path.Combine(inner, "link"), _folder.At("elsewhere"));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path.Combine(inner, "file"), UnixFileMode.UserRead);
            File.SetUnixFileMode(inner, UnixFileMode.UserRead);
            File.SetUnixFileMode(_folder.At("locked"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        Durable.DeleteFolder(_folder.At("locked"));
        Assert.Equal([_folder.At("elsewhere", "kept")], Directory.GetDirectories(_folder.Path, "*", SearchOption.AllDirectories).Skip(1));
    }

    public void Dispose() => _folder.Dispose();

    private void Forget()
    {
        File.Delete(_folder.At("runs.db"));
        Directory.Delete(_folder.At("runs"), recursive: true);
    }

    private static GarbageReport Search(ToyStore toy, GarbagePolicy policy) => new GarbageSearch(toy.Store, toy.Database, policy, TimeProvider.System).Look();

    /// <summary>By stage, and by word where it writes one.</summary>
    private static IEnumerable<string> Names(GarbageReport report) =>
        from item in report.Garbage
        let text = File.ReadAllText(Path.Combine(item.Path, "output", "text"))
        select item.Name.StartsWith("write", StringComparison.Ordinal) ? $"write:{text.Split(' ')[0]}" : item.Name.Split('/')[0];

    private sealed class Earlier(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() - by;
    }
}
