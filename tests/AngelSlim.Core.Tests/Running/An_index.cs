using AngelSlim.Core.Manifests;
using AngelSlim.Core.Running;
using AngelSlim.Toy;
using Xunit;
using static AngelSlim.Toy.ToyStore;

namespace AngelSlim.Core.Tests.Running;

public sealed class An_index : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
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
    public void That_is_no_database_is_refused_with_what_to_do()
    {
        File.WriteAllText(_folder.At("runs.db"), new string('x', 5000));
        var damaged = Assert.Throws<DataException>(() => RunDatabase.Open(_folder.Path));
        Assert.Equal(ProblemCode.StoreCorrupt, damaged.Problem.Code);
        Assert.Contains("delete it and run again", damaged.Message, StringComparison.Ordinal);
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

        var status = StoreStatus.Of(toy.Database, toy.Store, runs: 10);

        Assert.Equal([(2L, "made", 1L, 1L), (1L, "made", 1L, 0L)], status.Runs.Select(run => (run.Id, run.Outcome!, run.Made, run.Cached)));
        Assert.Equal(new PartialWork(key, Items: 2, Holder: null), Assert.Single(status.Work));
    }

    public void Dispose() => _folder.Dispose();
}
