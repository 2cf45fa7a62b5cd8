using AngelSlim.Core.Planning;
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
        Assert.Equal(["a: Run lines was 5, is 4", "all: Waits for a"], Said(Write("a", new() { Word = "a", Lines = 4 }), Join("all", "a")));
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
    public void Refuses_steps_that_read_each_other() =>
        Assert.Contains("b, c", Assert.Throws<ArgumentException>(() => Planner.InOrder([Write("a"), Join("b", "c"), Join("c", "b")])).Message, StringComparison.Ordinal);

    public void Dispose()
    {
        _toy.Dispose();
        _folder.Dispose();
    }

    private IEnumerable<string> Said(params Step[] steps) => _toy.Plan(steps).Steps.Select(step => $"{step.Step.Id}: {step.State} {step.Reason}");
}
