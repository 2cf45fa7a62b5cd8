using System.Globalization;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Running;
using AngelSlim.Core.Tests.Running;
using AngelSlim.Core.Upkeep;
using AngelSlim.Toy;
using Microsoft.Data.Sqlite;
using Xunit;
using Xunit.Abstractions;

namespace AngelSlim.Core.Tests.Crashes;

/// <summary>Whatever it did, and before whichever change of the store the signal came.</summary>
public sealed class A_killed_process : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ITestOutputHelper _log;
    private readonly Dictionary<string, Digest> _expected;

    public A_killed_process(ITestOutputHelper log)
    {
        _log = log;
        using var whole = new ToyStore(_folder.At("whole"));
        whole.Run(Acts.Steps);
        _expected = Digests(whole);
    }

    private string Prepared => Directory.CreateDirectory(_folder.At("prepared")).FullName;

    [Fact]
    public void That_ran_steps_loses_nothing_that_it_told_and_the_next_run_ends_with_the_same_bytes() =>
        Kills.All(Kills.Before("run", Prepared, _folder, every: 23, _log), store =>
        {
            var told = File.Exists(Acts.Told(store)) ? File.ReadAllLines(Acts.Told(store)) : [];
            using (var toy = new ToyStore(store))
            {
                Assert.All(told, line => Assert.True(IsRecorded(toy.Database, line), line));
                var outcomes = toy.Run(Acts.Steps);
                Assert.Equal(_expected, Digests(toy));
                Assert.All(told.Select(line => line.Split(' ')).Where(words => words is [_, "made"] and not ["run", _]), words => Assert.Equal("cached", outcomes[words[0]]));
            }

            IsWell(store);
        });

    [Fact]
    public void That_brought_an_index_to_a_newer_version_leaves_the_old_one_or_the_new_one_and_every_row()
    {
        using (var toy = new ToyStore(Prepared))
        {
            toy.Run(Acts.Steps);
            toy.Database.InTransaction(() =>
            {
                for (var i = 0; i < 200; i++)
                {
                    toy.Database.Execute("insert into runs (manifest, name, effective, tool, host, threads, started) values ('toy.json', 'toy', $effective, 'toy', 'here', 1, '2026-01-01')", ("$effective", new string('x', 500)));
                }
            });
            OlderIndex.Make(toy.Database);
        }

        var (older, newer) = (IndexState.Of(Path.Combine(Prepared, RunDatabase.FileName)), IndexState.Of(_folder.At("whole", RunDatabase.FileName)));
        Assert.Equal((1, 201), (older.Version, older.Runs));
        Kills.All(Kills.Before("open", Prepared, _folder, every: 5, _log), store =>
        {
            var (index, backup) = (Path.Combine(store, RunDatabase.FileName), Path.Combine(store, RunDatabase.FileName + ".v1.backup"));
            var left = IndexState.Of(index);
            Assert.Contains(left, new[] { older, newer with { Runs = older.Runs } });
            if (File.Exists(backup))
            {
                Assert.Equal(older, IndexState.Of(backup));
            }

            RunDatabase.Open(store).Dispose();
            Assert.Equal(newer with { Runs = older.Runs }, IndexState.Of(index));
            Assert.Equal(older, IndexState.Of(backup));
            Assert.Equal([index, backup], Directory.GetFiles(store).Order());
            IsWell(store);
        });
    }

    [Theory]
    [InlineData("index")]
    [InlineData("rows")]
    public void That_mended_a_store_leaves_one_that_can_be_mended(string damage)
    {
        Prepare(damage);
        Kills.All(Kills.Before("doctor", Prepared, _folder, every: 13, _log), store =>
        {
            foreach (var finding in new Doctor(store, Treatment.Mend, Acts.Later, _ => { }).Examine())
            {
                Assert.True(finding is not { Health: Health.Wrong, Check: not "clock" }, finding.Text);
            }

            IsWell(store);
            using var toy = new ToyStore(store);
            Assert.Equal([1L, 2L], toy.Database.Rows("select id from runs order by id", row => row.GetInt64(0)));
            var outcomes = toy.Run(Acts.Steps);
            Assert.Equal(_expected, Digests(toy));
            Assert.Equal([("a", "made"), ("b", "cached"), ("lines", "cached")], outcomes.Where(outcome => outcome.Key is not "all").Select(outcome => (outcome.Key, outcome.Value)).Order());
        });
    }

    [Fact]
    public void That_deleted_leaves_what_is_kept_and_what_the_next_deletion_ends()
    {
        using (var toy = new ToyStore(Prepared))
        {
            toy.Run(Acts.Steps);
            toy.Run(ToyStore.Write("a"));
            toy.Store.Work(toy.Plan(ToyStore.Write("never")).Steps[0].Recipe!.Key).Create();
        }

        Directory.CreateDirectory(Path.Combine(Prepared, "quarantine", "join-damaged"));
        File.WriteAllText(Path.Combine(Prepared, "runs.db.v1.backup"), "old");
        Kills.All(Kills.Before("gc", Prepared, _folder, every: 13, _log), store =>
        {
            using (var toy = new ToyStore(store))
            {
                Assert.Equal("cached", toy.Run(ToyStore.Write("a"))["a"]);
            }

            Acts.ByName["gc"](store);
            Assert.Empty(new Trash(store, TimeProvider.System).Contents);
            IsWell(store);
            using var again = new ToyStore(store);
            Assert.Equal([_expected["a"].Hex], again.Store.Objects().Select(found => found.Artifact!.Listing.Digest.Hex));
            again.Run(Acts.Steps);
            Assert.Equal(_expected, Digests(again));
        });
    }

    [Fact]
    public void That_took_in_a_result_leaves_it_on_its_way_or_whole()
    {
        using (var whole = new ToyStore(_folder.At("whole")))
        using (var toy = new ToyStore(Prepared))
        {
            foreach (var found in whole.Store.Objects())
            {
                StoreCopy.Make(found.Folder, toy.Store.Incoming(found.Key));
            }
        }

        Kills.All(Kills.Before("import", Prepared, _folder, every: 5, _log), store =>
        {
            Acts.ByName["import"](store);
            using (var toy = new ToyStore(store))
            {
                Assert.Empty(toy.Store.Arriving());
                Assert.Equal(["cached"], toy.Run(Acts.Steps).Values.Distinct());
                Assert.Equal(_expected, Digests(toy));
            }

            IsWell(store);
        });
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>One of everything that is mended: damage in results, a deletion and a file that were not ended; and either a damaged index, with its log, or one that lacks rows and files.</summary>
    private void Prepare(string damage)
    {
        var live = _folder.At("live");
        using (var toy = new ToyStore(live))
        {
            toy.Run(Acts.Steps);
            toy.Run(Acts.Steps);
            Damage(Path.Combine(toy.Results["a"].Folder, "text"));
            Damage(Path.Combine(Path.GetDirectoryName(toy.Results["all"].Folder)!, ArtifactStore.ListingFile));
            if (damage is "rows")
            {
                toy.Database.Execute("delete from lineage; delete from outputs; delete from artifacts; delete from steps where run = 2; delete from attempts where run = 2; delete from runs where id = 2");
                File.Delete(RunFile.PathOf(live, run: 1));
            }

            StoreCopy.Make(live, Prepared);
        }

        File.WriteAllText(Path.Combine(Prepared, "runs", "3.json.new"), "{");
        Directory.CreateDirectory(Path.Combine(Prepared, "trash", "join-1"));
        File.WriteAllText(Path.Combine(Prepared, "trash", "join-1", "text"), "");
        if (damage is "index")
        {
            File.WriteAllText(Path.Combine(Prepared, RunDatabase.FileName), new string('x', 5000));
        }
    }

    private static void Damage(string path)
    {
        File.Delete(path);
        File.WriteAllText(path, "{}");
    }

    /// <summary>What the first run of a store told stands in the index, and what it told of its end in its file too.</summary>
    private static bool IsRecorded(RunDatabase database, string told) => told.Split(' ') switch
    {
        ["measured", var name, _] => database.Scalar("select 1 from metrics join attempts on attempts.id = attempt where run = 1 and name = $name", ("$name", name)) is not null,
        ["run", var outcome] => database.Scalar("select outcome from runs where id = 1") as string == outcome && RunFile.All(database.Root, Assert.Fail).Count is 1,
        [var step, var outcome] => database.Scalar("select outcome from steps where run = 1 and id = $id", ("$id", step)) as string == outcome,
        _ => false,
    };

    private static Dictionary<string, Digest> Digests(ToyStore toy) => toy.Results.ToDictionary(result => result.Key, result => result.Value.Listing.Digest);

    private static void IsWell(string store) =>
        Assert.All(new Doctor(store, Treatment.Look, TimeProvider.System, _ => { }).Examine(), finding => Assert.True(finding.Health is Health.Fine or Health.Note, finding.Text));
}

/// <summary>An index, looked at by nobody's eyes but SQLite's.</summary>
/// <param name="Version">Of its schema.</param>
/// <param name="Schema">All that was created in it.</param>
/// <param name="Runs">How many rows.</param>
internal sealed record IndexState(int Version, string Schema, int Runs)
{
    public static IndexState Of(string path)
    {
        using var connection = RunDatabase.Connection(path, SqliteOpenMode.ReadWrite);
        connection.Open();
        object One(string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            return command.ExecuteScalar()!;
        }

        Assert.Equal("ok", One("pragma integrity_check"));
        return new(
            Convert.ToInt32(One("select max(version) from schema_version"), CultureInfo.InvariantCulture),
            (string)One("select group_concat(name || coalesce((select group_concat(name) from pragma_table_info(m.name)), ''), ';') from (select name from sqlite_master order by name) m"),
            Convert.ToInt32(One("select count(*) from runs"), CultureInfo.InvariantCulture));
    }
}
