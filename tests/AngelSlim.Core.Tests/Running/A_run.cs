using AngelSlim.Core.Stages;
using AngelSlim.Toy;
using Xunit;
using static AngelSlim.Toy.ToyStore;

namespace AngelSlim.Core.Tests.Running;

public sealed class A_run : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Makes_every_step_after_those_that_it_reads()
    {
        using var toy = new ToyStore(_folder.Path);

        var outcomes = toy.Run(Join("all", "a", "b"), Write("b"), Write("a"));

        Assert.Equal(["b", "a", "all"], outcomes.Keys);
        Assert.All(outcomes.Values, outcome => Assert.Equal("made", outcome));
        Assert.Equal("a 0\na 1\na 2\n-\nb 0\nb 1\nb 2\n", toy.TextOf("all"));
    }

    [Fact]
    public void Does_nothing_the_second_time()
    {
        using var toy = new ToyStore(_folder.Path);
        toy.Run(Write("a"), Join("all", "a"));
        var trace = _folder.At("trace");

        var outcomes = toy.Run(Write("a", new() { Word = "a", Trace = trace }), Join("all", "a"));

        Assert.Equal(["cached", "cached"], outcomes.Values);
        Assert.False(File.Exists(trace));
    }

    [Fact]
    public void Makes_exactly_what_depends_on_a_changed_setting()
    {
        using var toy = new ToyStore(_folder.Path);
        toy.Run(Write("a"), Write("b"), Count("of-a", "a"), Join("all", "a", "b"));

        var outcomes = toy.Run(Write("a", new() { Word = "a", Lines = 4 }), Write("b"), Count("of-a", "a"), Join("all", "a", "b"));

        Assert.Equal(new() { ["a"] = "made", ["b"] = "cached", ["of-a"] = "made", ["all"] = "made" }, outcomes);
    }

    [Fact]
    public void Stops_where_a_change_gives_equal_bytes()
    {
        using var toy = new ToyStore(_folder.Path);
        toy.Run(Write("a"), Count("lines", "a"), Join("all", "lines"));

        var outcomes = toy.Run(Write("a", new() { Word = "other" }), Count("lines", "a"), Join("all", "lines"));

        Assert.Equal(new() { ["a"] = "made", ["lines"] = "made", ["all"] = "cached" }, outcomes);
    }

    [Fact]
    public void Sees_a_source_by_its_bytes()
    {
        using var toy = new ToyStore(_folder.Path);
        var source = _folder.At("source");
        File.WriteAllText(source, "one");
        toy.Run(Write("a", source: source));

        File.WriteAllText(source, "two");
        Assert.Equal("made", toy.Run(Write("a", source: source))["a"]);

        File.Move(source, source + "-moved");
        File.WriteAllText(source + "-moved", "one");
        Assert.Equal("cached", toy.Run(Write("a", source: source + "-moved"))["a"]);
    }

    [Fact]
    public void Needs_no_index()
    {
        using (var toy = new ToyStore(_folder.Path))
        {
            toy.Run(Write("a"), Join("all", "a"));
        }

        foreach (var file in Directory.EnumerateFiles(_folder.Path, "runs.db*"))
        {
            File.Delete(file);
        }

        using var again = new ToyStore(_folder.Path);
        Assert.Equal(["cached", "cached"], again.Run(Write("a"), Join("all", "a")).Values);
        Assert.Equal(2L, again.Database.Scalar("select count(*) from artifacts"));
        Assert.Equal("write", again.Database.Scalar("select from_stage from lineage where stage = 'join'"));
    }

    [Fact]
    public void Makes_a_damaged_result_again()
    {
        using var toy = new ToyStore(_folder.Path);
        toy.Run(Write("a"));
        var text = Path.Combine(toy.Results["a"].Folder, "text");
        File.Delete(text);
        File.WriteAllText(text, "a 0\na 7\na 2\n");

        var outcomes = toy.Run(Write("a"));

        Assert.Equal("made", outcomes["a"]);
        Assert.Equal("a 0\na 1\na 2\n", toy.TextOf("a"));
        Assert.Contains(toy.Events, happened => happened.Event is Said { Warning: true, Text: var said } && said.Contains("the bytes of text have changed", StringComparison.Ordinal));
        Assert.Single(Directory.EnumerateDirectories(_folder.At("quarantine")));
    }

    [Fact]
    public void Keeps_what_a_stopped_stage_had_done()
    {
        using var stop = new CancellationTokenSource();
        var trace = _folder.At("trace");
        var settings = new WriteSettings { Word = "a", Lines = 5, Trace = trace };
        using (var toy = new ToyStore(_folder.Path) { Cancellation = stop.Token })
        {
            toy.Happened = happened => { if (happened.Event is Progressed { Done: 2 }) { stop.Cancel(); } };
            Assert.Throws<OperationCanceledException>(() => toy.Run(Write("a", settings)));
            Assert.Equal("stopped", toy.Outcomes["a"]);
        }

        using var again = new ToyStore(_folder.Path);
        Assert.Equal("goes on where it was stopped", again.Plan(Write("a", settings)).Steps[0].Reason);
        again.Run(Write("a", settings));
        Assert.Equal("a 0\na 1\na 2\na 3\na 4\n", again.TextOf("a"));
        Assert.Equal(["0", "1", "2", "3", "4"], File.ReadAllLines(trace));
    }

    [Fact]
    public void Keeps_what_happened_beside_the_result()
    {
        using var toy = new ToyStore(_folder.Path);
        toy.Run(Write("a"), Count("lines", "a"));

        var log = File.ReadAllLines(Path.Combine(Path.GetDirectoryName(toy.Results["lines"].Folder)!, "log.ndjson"));
        Assert.Contains("\"event\":\"measured\",\"name\":\"lines\",\"value\":3", Assert.Single(log), StringComparison.Ordinal);
        Assert.Equal(3.0, toy.Database.Scalar("select value from metrics where name = 'lines'"));
    }

    public void Dispose() => _folder.Dispose();
}
