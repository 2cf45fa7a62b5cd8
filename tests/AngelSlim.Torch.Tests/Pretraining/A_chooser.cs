using AngelSlim.Core.Statistics;
using Xunit;

namespace AngelSlim.Torch.Tests.Pretraining;

public sealed class A_chooser
{
    /// <summary>SplitMix64 with neighbouring states gives the same numbers one place later: held-out prompts would be training prompts.</summary>
    [Fact]
    public void Gives_neighbouring_seeds_streams_without_a_number_in_common() =>
        Assert.Empty(Stream(seed: 5).Intersect(Stream(seed: 6)));

    [Fact]
    public void Repeats_itself() => Assert.Equal(Stream(seed: 5), Stream(seed: 5));

    [Fact]
    public void Reaches_both_ends_of_a_range()
    {
        var chooser = new Chooser(2);
        var drawn = Enumerable.Range(0, 200).Select(_ => chooser.Between(3, 6)).ToHashSet();

        Assert.Equal([3, 4, 5, 6], drawn.Order());
    }

    private static ulong[] Stream(ulong seed)
    {
        var chooser = new Chooser(seed);
        return [.. Enumerable.Range(0, 1000).Select(_ => chooser.Next())];
    }
}
