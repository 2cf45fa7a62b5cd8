using AngelSlim.Core.Manifests;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Running;
using AngelSlim.Testing;
using AngelSlim.Toy;
using Xunit;
using static AngelSlim.Toy.ToyStore;

namespace AngelSlim.Core.Tests.Running;

public sealed class A_cache_check : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private string _text = "one";

    [Fact]
    public void Says_that_the_same_bytes_came_again_and_leaves_nothing()
    {
        Check(share: 1);
        var toy = Check(share: 1);

        Assert.Equal(3, toy.Count(happened => happened.Event is Verified { IsSame: true }));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.At("verify")));
    }

    [Fact]
    [Provokes(ProblemCode.Nondeterministic)]
    public void Finds_a_stage_that_is_not_deterministic_and_keeps_both_results()
    {
        Check(share: 0);
        _text = "two";

        var failure = Assert.Throws<DataException>(() => Check(share: 1));

        Assert.Equal(ProblemCode.Nondeterministic, failure.Problem.Code);
        Assert.Equal("two", File.ReadAllText(Assert.Single(Directory.EnumerateFiles(_folder.At("verify"), "text", SearchOption.AllDirectories))));
        _text = "one";
        Assert.Equal(0, Check(share: 0).Count(happened => happened.Event is Began));
    }

    [Fact]
    public void Takes_at_least_one_result_and_none_that_was_just_made()
    {
        Assert.Equal(0, Check(share: 0.01).Count(happened => happened.Event is Verified));
        Assert.Equal(1, Check(share: 0.01).Count(happened => happened.Event is Verified));
        Assert.Equal(2, Check(share: 0.5).Count(happened => happened.Event is Verified));
    }

    [Fact]
    public void That_fails_is_told_of_the_step()
    {
        Check(share: 0);
        using var toy = new ToyStore(_folder.Path) { Policy = new() { VerifiedShare = 1 } };

        var failure = Assert.Throws<StageFault>(() => toy.Run(Act("a", _ => throw new InvalidOperationException("a bug"))));

        Assert.StartsWith("a ended with InvalidOperationException: a bug The stack trace is in " + _folder.At("verify"), failure.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private List<StepEvent> Check(double share)
    {
        using var toy = new ToyStore(_folder.Path) { Policy = new() { VerifiedShare = share, Jobs = 2 } };
        toy.Run(Steps());
        return toy.Events;
    }

    private Step[] Steps() =>
        [Act("a", context => File.WriteAllText(Path.Combine(context.Output, "text"), _text)), Write("b"), Join("all", "a", "b")];
}
