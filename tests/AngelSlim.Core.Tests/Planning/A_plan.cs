using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Running;
using AngelSlim.Core.Tests.Running;
using AngelSlim.Toy;
using Xunit;
using static AngelSlim.Toy.ToyStore;

namespace AngelSlim.Core.Tests.Planning;

public sealed class A_plan : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ToyStore _toy;

    public A_plan() => _toy = new ToyStore(_folder.Path);

    [Fact]
    public void Waits_for_what_is_not_made_yet() =>
        Assert.Equal(["a: Run not made yet", "all: Waits for a"], Said(Write("a"), Join("all", "a")));

    [Fact]
    public void Knows_what_is_there()
    {
        _toy.Run(Write("a"), Join("all", "a"));
        Assert.All(_toy.Plan(Write("a"), Join("all", "a")).Steps, step => Assert.Equal(StepState.Have, step.State));
    }

    [Fact]
    public void Says_which_setting_has_changed_against_the_nearest_result()
    {
        _toy.Run(Write("a", new() { Word = "x", Lines = 9 }));
        _toy.Run(Write("a", new() { Word = "a", Lines = 5 }));
        Assert.Equal(["a: Run lines 5 -> 4", "all: Waits for a"], Said(Write("a", new() { Word = "a", Lines = 4 }), Join("all", "a")));
    }

    [Fact]
    public void Does_not_compare_a_step_with_another_of_the_same_plan()
    {
        _toy.Run(Write("a"));
        Assert.Equal(["a: Have", "b: Run"], _toy.Plan(Write("a"), Write("b")).Steps.Select(step => $"{step.Step.Id}: {step.State}"));
        Assert.Equal("not made yet", _toy.Plan(Write("a"), Write("b")).Steps[1].Reason);
    }

    [Fact]
    public void Runs_nothing()
    {
        _toy.Plan(Write("a"));
        Assert.False(Directory.Exists(_folder.At("objects")));
        Assert.False(Directory.Exists(_folder.At("work")));
    }

    [Fact]
    public void Does_not_compare_with_a_step_that_comes_later_in_it()
    {
        _toy.Run(Write("b"));
        Assert.Equal(["a: Run not made yet", "b: Have"], _toy.Plan(Write("a"), Write("b")).Steps.Select(step => step.State is StepState.Have ? "b: Have" : $"{step.Step.Id}: {step.State} {step.Reason}"));
    }

    [Fact]
    public void Counts_what_it_does_not_name()
    {
        var parts = Enumerable.Range(0, 9).Select(i => Write($"part{i}")).ToArray();
        Assert.Equal("all: Waits for part0, part1, part2, part3, part4 and 4 more", Said([.. parts, Join("all", [.. parts.Select(part => part.Id)])]).Last());
    }

    [Fact]
    public void Says_that_a_result_was_deleted()
    {
        _toy.Run(Write("a"));
        Delete("objects");
        Assert.Matches(@"^a: Run made \d{4}-\d\d-\d\d \d\d:\d\dZ and deleted since$", Said(Write("a")).Single());
    }

    [Fact]
    public void Finds_the_nearest_result_without_an_index()
    {
        _toy.Run(Write("a", new() { Word = "a", Lines = 5 }));
        _toy.Database.Execute("delete from artifacts");
        Assert.Equal(["a: Run lines 5 -> 4"], Said(Write("a", new() { Word = "a", Lines = 4 })));
    }

    [Fact]
    public void Does_not_believe_an_index_that_lies()
    {
        _toy.Run(Write("a", new() { Word = "a", Lines = 5 }));
        _toy.Database.Execute("update artifacts set recipe = replace(recipe, '5', '4')");
        Assert.Equal(["a: Run lines 5 -> 4"], Said(Write("a", new() { Word = "a", Lines = 4 })));
        Assert.Equal(StepState.Have, _toy.Plan(Write("a", new() { Word = "a", Lines = 5 })).Steps.Single().State);
    }

    [Fact]
    public void Expects_of_a_step_what_the_likest_result_cost()
    {
        _toy.Run(Write("a", new() { Word = "a", Lines = 5 }), Join("all", "a"));
        _toy.Run(Write("a", new() { Word = "b", Lines = 3 }), Join("all", "a"));
        _toy.Database.Execute("update artifacts set seconds = bytes");
        _toy.Database.Execute("update steps set seconds = 0");

        var plan = _toy.Plan(Write("a", new() { Word = "a", Lines = 6 }), Join("all", "a"), Count("lines", "all"));

        Assert.Equal([(20, 20), (12, 12), null], plan.Steps.Select(step => step.Expected is { } expected ? (expected.Bytes, expected.Seconds) : ((long, double)?)null));
        Assert.Equal((32, 32), (plan.ExpectedBytes, plan.ExpectedSeconds));
        Assert.Equal(["lines"], plan.Unknown.Select(step => step.Step.Id));
    }

    [Fact]
    public void Expects_the_time_of_all_attempts_of_a_step_that_was_stopped()
    {
        _toy.Run(Write("a"));
        _toy.Database.Execute("update artifacts set seconds = 2");
        _toy.Database.Execute("update steps set seconds = 3");
        _toy.Database.Execute("insert into steps (run, id, stage, key, outcome, reason, seconds) select run, 'other', stage, key, 'stopped', reason, 40 from steps");
        Assert.Equal(43, _toy.Plan(Write("a", new() { Lines = 9 })).ExpectedSeconds);
    }

    [Fact]
    public void Reads_what_the_user_brought_once()
    {
        var source = _folder.At("source");
        File.WriteAllText(source, "text");
        var memo = new CountingMemo();
        var digests = new FileDigests(memo, TimeProvider.System);
        var planner = new Planner(_toy.Store, new SourceDigests(digests), new RunHistory(_toy.Database));

        planner.Make([.. Enumerable.Range(0, 50).Select(i => Write($"part{i}", source: source))]);

        Assert.Equal(1, memo.Asked);
    }

    private sealed class CountingMemo : IDigestMemo
    {
        public int Asked { get; private set; }

        public Digest? Find(FileIdentity file)
        {
            Asked++;
            return null;
        }

        public void Keep(IReadOnlyCollection<FileContent> files)
        {
        }
    }

    private void Delete(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(_folder.At(folder), "*", SearchOption.AllDirectories))
        {
            File.SetAttributes(file, FileAttributes.Normal);
        }

        Directory.Delete(_folder.At(folder), recursive: true);
    }

    public void Dispose()
    {
        _toy.Dispose();
        _folder.Dispose();
    }

    private IEnumerable<string> Said(params Step[] steps) => _toy.Plan(steps).Steps.Select(step => $"{step.Step.Id}: {step.State} {step.Reason}");
}
