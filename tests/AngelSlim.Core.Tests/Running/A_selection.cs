using AngelSlim.Core.Manifests;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Running;
using AngelSlim.Testing;
using AngelSlim.Toy;
using Xunit;
using static AngelSlim.Toy.ToyStore;

namespace AngelSlim.Core.Tests.Running;

/// <summary>
/// <code>
/// a ── b ─┬─ d ── e
///      c ─┘
/// </code>
/// </summary>
public sealed class A_selection : IDisposable
{
    private static readonly Step[] Steps = [Write("a"), Count("b", "a"), Write("c"), Join("d", "b", "c"), Count("e", "d")];
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("", "", "a b c d e")]
    [InlineData("", "b", "a b")]
    [InlineData("", "d", "a b c d")]
    [InlineData("", "b c", "a b c")]
    [InlineData("b", "", "b d e")]
    [InlineData("c", "", "c d e")]
    [InlineData("b", "d", "b d")]
    [InlineData("d", "b", "")]
    public void Lies_between_its_bounds(string from, string until, string chosen) =>
        Assert.Equal(Words(chosen).Order(), Selection.Between(Steps, Words(from), Words(until)).Chosen.Order());

    [Fact]
    public void Has_everything_that_it_reads_and_nothing_else()
    {
        var only = Selection.Only(Steps, Words("d"));
        Assert.Equal(["d"], only.Chosen);
        Assert.Equal(["a", "b", "c", "d"], only.Steps.Select(step => step.Id));
        Assert.Equal(["a", "b"], Selection.Between(Steps, from: Words(""), until: Words("b")).Steps.Select(step => step.Id));
    }

    [Fact]
    public void Until_a_step_makes_no_other()
    {
        using var toy = new ToyStore(_folder.Path);
        Assert.Equal(new() { ["a"] = "made", ["b"] = "made" }, toy.Run(Selection.Between(Steps, from: Words(""), until: Words("b"))));
    }

    [Fact]
    public void Of_one_step_takes_what_it_reads_from_the_store()
    {
        using var toy = new ToyStore(_folder.Path);
        toy.Run(Selection.Between(Steps, from: Words(""), until: Words("b c")));
        Assert.Equal(new() { ["a"] = "cached", ["b"] = "cached", ["c"] = "cached", ["d"] = "made" }, toy.Run(Selection.Only(Steps, Words("d"))));
    }

    [Fact]
    [Provokes(ProblemCode.MissingResult)]
    public void Begins_nothing_when_what_it_reads_is_not_there_and_says_what()
    {
        using var toy = new ToyStore(_folder.Path);
        toy.Run(Selection.Only(Steps, Words("a")));

        var refused = Assert.Throws<DataException>(() => toy.Run(Selection.Between(Steps, from: Words("d"), until: Words(""))));

        Assert.Equal(ProblemCode.MissingResult, refused.Problem.Code);
        Assert.Contains("b (not made yet); c (", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("a (", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(toy.Events, happened => happened.Event is Began);
    }

    [Fact]
    public void Does_not_make_what_shows_to_be_missing_only_later()
    {
        using var toy = new ToyStore(_folder.Path);

        var refused = Assert.Throws<DataException>(() => toy.Run(Selection.Only(Steps, Words("a c d"))));

        Assert.Equal(ProblemCode.MissingResult, refused.Problem.Code);
        Assert.Equal("made", toy.Outcomes["a"]);
        Assert.Equal(("failed", "skipped"), (toy.Outcomes["b"], toy.Outcomes["d"]));
    }

    [Fact]
    [Provokes(ProblemCode.WouldRun)]
    public void That_is_frozen_names_every_step_that_would_run()
    {
        using var toy = new ToyStore(_folder.Path);
        var selection = Selection.Of(Steps);
        toy.Run(Steps[0]);

        var refused = Assert.Throws<DataException>(() => MissingResult.CheckFrozen(selection, toy.Planner));
        Assert.Equal(ProblemCode.WouldRun, refused.Problem.Code);
        Assert.Contains("b (not made yet); c (", refused.Message, StringComparison.Ordinal);
        Assert.Contains("d (waits for b, c); e (waits for d)", refused.Message, StringComparison.Ordinal);

        toy.Run(Steps);
        MissingResult.CheckFrozen(selection, toy.Planner);
        Assert.All(toy.Run(selection with { Chosen = new HashSet<string>() }).Values, outcome => Assert.Equal("cached", outcome));
    }

    public void Dispose() => _folder.Dispose();

    private static HashSet<string> Words(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
}
