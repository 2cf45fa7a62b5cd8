using AngelSlim.Core.Manifests;
using AngelSlim.Core.Running;
using AngelSlim.Testing;
using AngelSlim.Toy;
using Microsoft.Data.Sqlite;
using Xunit;
using static AngelSlim.Toy.ToyStore;

namespace AngelSlim.Core.Tests.Running;

public sealed class An_index : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    [Provokes(ProblemCode.StoreNewer)]
    public void That_a_newer_tool_wrote_is_refused()
    {
        using (var database = RunDatabase.Open(_folder.Path))
        {
            database.Execute("insert into schema_version values (99)");
        }

        var newer = Assert.Throws<DataException>(() => RunDatabase.Open(_folder.Path));
        Assert.Equal(ProblemCode.StoreNewer, newer.Problem.Code);
        Assert.Contains("version 99", newer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_an_older_tool_is_kept_beside_the_one_that_is_made_of_it()
    {
        using (var toy = new ToyStore(_folder.Path))
        {
            toy.Run(Write("a"));
            OlderIndex.Make(toy.Database);
        }

        using (var database = RunDatabase.Open(_folder.Path))
        {
            Assert.Equal(1L, database.Scalar("select count(*) from artifacts where steady is null"));
        }

        Assert.Equal(["runs.db", "runs.db.v1.backup"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order());
        File.Move(_folder.At("runs.db.v1.backup"), _folder.At("runs.db"), overwrite: true);
        using var restored = RunDatabase.Open(_folder.Path);
        Assert.Equal((1L, (long)RunSchema.Version), ((long)restored.Scalar("select count(*) from runs")!, (long)restored.Scalar("select max(version) from schema_version")!));
    }

    [Fact]
    public void Is_brought_to_a_version_once_however_many_are_at_it()
    {
        using (var database = RunDatabase.Open(_folder.Path))
        {
            OlderIndex.Make(database);
        }

        using var start = new Barrier(8);
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            start.SignalAndWait(TimeSpan.FromSeconds(2));
            RunDatabase.Open(_folder.Path).Dispose();
        });

        using var brought = RunDatabase.Open(_folder.Path);
        Assert.Equal(Enumerable.Range(1, RunSchema.Version).Select(version => (long)version), brought.Rows("select version from schema_version", row => row.GetInt64(0)));
    }

    [Fact]
    public void Is_made_once_however_many_are_at_it()
    {
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ => RunDatabase.Open(_folder.Path).Dispose());
        using var made = RunDatabase.Open(_folder.Path);
        Assert.Equal(Enumerable.Range(1, RunSchema.Version).Select(version => (long)version), made.Rows("select version from schema_version", row => row.GetInt64(0)));
    }

    [Fact]
    public void On_a_network_disk_has_no_log_that_needs_shared_memory_and_flushes_every_commit()
    {
        var modes = new List<(object?, object?)>();
        foreach (var disk in new[] { new FileSystemKind("ext4", IsLocal: true), new FileSystemKind("nfs", IsLocal: false), new FileSystemKind("ext4", IsLocal: true) })
        {
            using var database = RunDatabase.Open(_folder.Path, disk);
            database.Execute($"insert into schema_version values ({RunSchema.Version})");
            modes.Add((database.Scalar("pragma journal_mode"), database.Scalar("pragma synchronous")));
        }

        Assert.Equal([("wal", 1L), ("truncate", 2L), ("wal", 1L)], modes);
        Assert.True(FileSystemKind.Of("/proc").IsLocal);
    }

    [Fact]
    public void That_has_its_version_is_not_written_to_when_it_is_opened()
    {
        RunDatabase.Open(_folder.Path).Dispose();
        var before = File.ReadAllBytes(_folder.At("runs.db"));
        using (var writer = new SqliteConnection($"Data Source={_folder.At("runs.db")};Pooling=false"))
        {
            writer.Open();
            using var busy = writer.BeginTransaction(deferred: false);
            RunDatabase.Open(_folder.Path).Dispose();
        }

        Assert.Equal(before, File.ReadAllBytes(_folder.At("runs.db")));
    }

    [Fact]
    public void Keeps_all_of_a_transaction_or_nothing_and_takes_threads_in_turn()
    {
        using var database = RunDatabase.Open(_folder.Path);
        Assert.Throws<InvalidOperationException>(() => database.InTransaction(() =>
        {
            Insert(database, version: 50);
            throw new InvalidOperationException();
        }));
        Parallel.For(0, 40, i => database.InTransaction(() =>
        {
            database.InTransaction(() => Insert(database, version: 70));
            Assert.Equal(1L, (long)database.Scalar("select count(*) from schema_version where version = 70")! % 2);
            Insert(database, version: 70);
        }));

        Assert.Equal((80L, 0L), ((long)database.Scalar("select count(*) from schema_version where version = 70")!, (long)database.Scalar("select count(*) from schema_version where version = 50")!));
    }

    [Fact]
    [Provokes(ProblemCode.StoreCorrupt)]
    public void That_is_no_database_is_refused_with_what_to_do()
    {
        File.WriteAllText(_folder.At("runs.db"), new string('x', 5000));
        var damaged = Assert.Throws<DataException>(() => RunDatabase.Open(_folder.Path));
        Assert.Equal(ProblemCode.StoreCorrupt, damaged.Problem.Code);
        Assert.Contains($"doctor --fix --store {_folder.Path}", damaged.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keeps_where_every_input_came_from()
    {
        using var toy = new ToyStore(_folder.Path);
        toy.Run(Write("a"), Write("b"), Join("all", "a", "b"));

        var inputs = toy.Database.Rows(
            "select input, position, from_stage, digest from lineage where stage = 'join' order by position",
            row => (row.GetString(0), row.GetInt32(1), row.GetString(2), row.GetString(3)));
        Assert.Equal(
            [("parts", 0, "write", toy.Results["a"].Listing.Digest.Hex), ("parts", 1, "write", toy.Results["b"].Listing.Digest.Hex)],
            inputs);
    }

    [Fact]
    public void Says_what_a_store_is_about()
    {
        using var toy = new ToyStore(_folder.Path);
        toy.Run(Write("a"));
        toy.Run(Write("a"), Write("b"));
        var key = toy.Plan(Write("c")).Steps[0].Recipe!.Key;
        toy.Store.Work(key).Create();
        File.WriteAllText(toy.Store.Work(key).Journal, "one\ntwo\n");
        Directory.CreateDirectory(_folder.At("work", "lost+found", "anything"));
        Directory.CreateDirectory(_folder.At("work", "write", "lost+found"));

        var status = StoreStatus.Of(toy.Database, toy.Store, new Living("here", _ => null, []), runs: 10);

        Assert.Equal([(2L, RunState.Made, 1, 1), (1L, RunState.Made, 1, 0)], status.Runs.Select(run => (run.Id, run.State, run.Made, run.Cached)));
        Assert.Equal(new PartialWork(key, Items: 2, Holder: null), Assert.Single(status.Work));
    }

    public void Dispose() => _folder.Dispose();

    private static void Insert(RunDatabase database, int version) => database.Execute("insert into schema_version values ($version)", ("$version", version));
}
