using AngelSlim.Core.Manifests;
using AngelSlim.Torch.Drafts;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Drafts;

public sealed class A_draft_vocabulary
{
    [Fact]
    public void Converts_both_ways_and_to_the_checkpoints_tables()
    {
        using var scope = NewDisposeScope();
        using var words = new DraftVocabulary([1, 4, 5, 9], targetCount: 10);

        Assert.Equal([1L, 4, 5, 9], Enumerable.Range(0, 4).Select(word => words.ToTarget(word)));
        Assert.Equal([-1L, 0, -1, -1, 1, 2, -1, -1, -1, 3], Enumerable.Range(0, 10).Select(id => words.ToDraft(id)));
        Assert.Equal([1L, 3, 3, 6], words.Offsets().data<long>().ToArray());
        Assert.Equal([4L, 5, 9], Enumerable.Range(2, 8).Where(id => words.Membership().data<bool>()[id]).Select(id => (long)id));
        Assert.Equal((1, 3), words.Between(2, 9));
        using var again = DraftVocabulary.FromOffsets(words.Offsets(), 10);
        Assert.Equal(words.Words, again.Words);
    }

    [Theory]
    [InlineData(new long[] { 1, 1 })]
    [InlineData(new long[] { 3, 2 })]
    [InlineData(new long[] { -1, 2 })]
    [InlineData(new long[] { 1, 10 })]
    public void Refuses_words_that_do_not_ascend_within_the_target(long[] words) =>
        Assert.Throws<DataException>(() => new DraftVocabulary(words, targetCount: 10));
}
