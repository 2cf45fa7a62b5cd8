using AngelSlim.Core.Manifests;
using AngelSlim.Core.Running;
using AngelSlim.Toy;
using Xunit;
using static AngelSlim.Toy.ToyStore;

namespace AngelSlim.Core.Tests.Running;

public sealed class A_lost_index : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Is_begun_again_with_the_runs_that_are_over()
    {
        using (var toy = new ToyStore(_folder.Path))
        {
            toy.Run(Write("a"), Join("all", "a"));
            toy.Run(Write("a"), Write("b"));
        }

        File.Delete(_folder.At("runs.db"));
        using var again = new ToyStore(_folder.Path);

        Assert.Equal(
            [(1, "a", "made"), (1, "all", "made"), (2, "a", "cached"), (2, "b", "made")],
            again.Database.Rows("select run, id, outcome from steps order by run, id", row => (row.GetInt32(0), row.GetString(1), row.GetString(2))));
        Assert.Equal(3L, again.Database.Scalar("select count(*) from attempts where outcome = 'made' and ended is not null"));
        again.Run(Write("a"));
        Assert.Equal(3L, again.Database.Scalar("select max(id) from runs"));
    }

    [Fact]
    public void Leaves_out_files_of_runs_that_are_damaged()
    {
        using (var toy = new ToyStore(_folder.Path))
        {
            toy.Run(Write("a"));
            toy.Run(Write("a"));
        }

        File.Delete(_folder.At("runs.db"));
        File.WriteAllText(_folder.At("runs", "1.json"), "{");
        File.Copy(_folder.At("runs", "2.json"), _folder.At("runs", "3.json"));
        var damaged = new List<string>();

        Assert.Equal([2L], RunFile.All(_folder.Path, damaged.Add).Select(run => run.Id));
        Assert.Equal([_folder.At("runs", "1.json"), _folder.At("runs", "3.json")], damaged.Order());
        using var database = RunDatabase.Open(_folder.Path);
        Assert.Equal([2L], database.Rows("select id from runs", row => row.GetInt64(0)));
    }

    [Fact]
    public void Takes_from_the_file_of_another_version_what_it_has_a_column_for()
    {
        using (var toy = new ToyStore(_folder.Path))
        {
            toy.Run(Write("a"));
        }

        File.Delete(_folder.At("runs.db"));
        var file = File.ReadAllText(_folder.At("runs", "1.json"));
        File.WriteAllText(_folder.At("runs", "1.json"), file.Replace("\"manifest\":", "\"mood) values (1); drop table runs; --\": 1, \"manifest\":", StringComparison.Ordinal));
        using var database = RunDatabase.Open(_folder.Path);
        Assert.Equal("toy.json", database.Scalar("select manifest from runs"));
    }

    [Theory]
    [InlineData("header")]
    [InlineData("middle")]
    [InlineData("half")]
    public void That_is_damaged_is_refused_with_what_to_do_or_still_right(string where)
    {
        using (var toy = new ToyStore(_folder.Path))
        {
            toy.Run([.. Enumerable.Range(0, 20).Select(i => Write($"a{i}"))]);
        }

        var path = _folder.At("runs.db");
        var bytes = File.ReadAllBytes(path);
        if (where is "half")
        {
            bytes = bytes[..(bytes.Length / 2)];
        }
        else
        {
            bytes.AsSpan(where is "header" ? 0 : 4096, Math.Min(2000, bytes.Length - 4096)).Fill(0x5a);
        }

        File.WriteAllBytes(path, bytes);
        var refused = Assert.Throws<DataException>(() =>
        {
            using var toy = new ToyStore(_folder.Path);
            toy.Run(Write("a0"));
        });

        Assert.Equal(ProblemCode.StoreCorrupt, refused.Problem.Code);
        Assert.Contains("doctor --fix", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
