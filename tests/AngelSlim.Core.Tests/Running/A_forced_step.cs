using AngelSlim.Core.Manifests;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Running;
using AngelSlim.Toy;
using Xunit;
using static AngelSlim.Toy.ToyStore;

namespace AngelSlim.Core.Tests.Running;

public sealed class A_forced_step : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ToyStore _toy;
    private string _text = "one";
    private Action _fault = () => { };

    public A_forced_step()
    {
        _toy = new ToyStore(_folder.Path) { Policy = new() { Forced = new HashSet<string> { "a" } } };
        using var plain = new ToyStore(_folder.Path);
        plain.Run(Steps());
    }

    [Fact]
    public void That_gives_the_same_bytes_changes_nothing()
    {
        var before = Objects();

        Assert.Equal(new() { ["a"] = "made", ["of-a"] = "cached" }, _toy.Run(Steps()));

        Assert.Equal(before, Objects());
        Assert.False(Directory.Exists(_folder.At("quarantine")));
        Assert.Empty(_toy.Store.Started());
        Assert.DoesNotContain(_toy.Events, happened => happened.Event is Nondeterministic);
        Assert.Contains(_toy.Events, happened => happened.Event is Began { Reason: "made again, as asked" });
    }

    [Fact]
    public void That_gives_other_bytes_replaces_the_result_and_keeps_the_old_one()
    {
        _text = "two";

        Assert.Equal(new() { ["a"] = "made", ["of-a"] = "made" }, _toy.Run(Steps()));

        Assert.Equal("two", _toy.TextOf("a"));
        var differing = Assert.IsType<Nondeterministic>(Assert.Single(_toy.Events, happened => happened.Event is Nondeterministic).Event);
        Assert.Equal("one", File.ReadAllText(Path.Combine(differing.Kept!, "output", "text")));
        Assert.Equal(Assert.Single(Directory.EnumerateDirectories(_folder.At("quarantine"))), differing.Kept);
        using var again = new ToyStore(_folder.Path);
        Assert.Equal(["cached", "cached"], again.Run(Steps()).Values);
    }

    [Fact]
    public void That_fails_leaves_the_result_where_it_is()
    {
        _fault = () => throw new DataException(ProblemCode.BadRow, "half a row");
        var before = Objects();

        Assert.Throws<DataException>(() => _toy.Run(Steps()));

        Assert.Equal(before, Objects());
        using var again = new ToyStore(_folder.Path);
        Assert.Equal(["cached", "cached"], again.Run(Steps()).Values);
        Assert.Empty(again.Store.Started());
    }

    [Fact]
    public void That_was_killed_between_its_result_and_the_old_one_ends_with_its_own()
    {
        var planned = _toy.Plan(Steps()).Steps[0];
        var work = _toy.Store.Work(planned.Recipe!.Key);
        work.Create();
        File.WriteAllText(Path.Combine(work.Output, "text"), "two");
        foreach (var _ in _toy.Store.Seal(planned.Recipe.Key, planned.Recipe.Text, new(DateTimeOffset.UnixEpoch, 1, "toy")))
        {
        }

        _toy.Store.SetAside(planned.Recipe.Key);
        using var again = new ToyStore(_folder.Path);
        again.Run(Steps());

        Assert.Equal("two", again.TextOf("a"));
    }

    public void Dispose()
    {
        _toy.Dispose();
        _folder.Dispose();
    }

    private Step[] Steps() =>
    [
        Act("a", context =>
        {
            File.WriteAllText(Path.Combine(context.Output, "text"), _text);
            _fault();
        }),
        Join("of-a", "a"),
    ];

    private string[] Objects() =>
        [.. new DirectoryInfo(_folder.At("objects")).EnumerateFiles("*", SearchOption.AllDirectories).Select(file => $"{file.FullName} {file.LastWriteTimeUtc.Ticks}").Order(StringComparer.Ordinal)];
}
