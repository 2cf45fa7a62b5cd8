using AngelSlim.Core.Statistics;
using AngelSlim.Torch.Pretraining;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Pretraining;

public sealed class Pretraining_batches
{
    [Fact]
    public void Pad_on_the_right_and_teach_the_token_after_each_place_whose_next_token_is_answered()
    {
        using var scope = NewDisposeScope();
        var rows = new Queue<PretrainRow>(Enumerable.Range(0, 16).SelectMany(_ => new PretrainRow[]
        {
            new([11, 12, 13, 14, 15], [false, false, true, true, false]),
            new([21, 22, 23], [false, true, true]),
        }));
        var batch = new PretrainBatches(rows.Dequeue, batchRows: 2, new Chooser(1)).Next();

        // All short rows come first in order of length, so this batch has either two short or two long rows.
        if (batch.Ids_BT.shape[1] is 2)
        {
            Assert.Equal([21L, 22, 21, 22], batch.Ids_BT.data<long>().ToArray());
            Assert.Equal([0L, 1, 2, 3], batch.Places_N.data<long>().ToArray());
            Assert.Equal([22L, 23, 22, 23], batch.Next_N.data<long>().ToArray());
        }
        else
        {
            Assert.Equal([11L, 12, 13, 14, 11, 12, 13, 14], batch.Ids_BT.data<long>().ToArray());
            Assert.Equal([1L, 2, 5, 6], batch.Places_N.data<long>().ToArray());
            Assert.Equal([13L, 14, 13, 14], batch.Next_N.data<long>().ToArray());
        }
    }

    [Fact]
    public void Go_on_where_a_run_was_stopped()
    {
        using var scope = NewDisposeScope();
        var whole = Stream();
        var resumed = Stream();
        for (var step = 0; step < 37; step++)
        {
            _ = whole.Next();
            resumed.Skip();
        }

        Assert.Equal(whole.Next().Ids_BT.data<long>().ToArray(), resumed.Next().Ids_BT.data<long>().ToArray());
    }

    private static PretrainBatches Stream()
    {
        var lengths = new Chooser(3);
        return new(
            () =>
            {
                var length = lengths.Between(3, 40);
                return new([.. Enumerable.Range(0, length).Select(_ => lengths.Below(50))], [.. Enumerable.Repeat(true, length)]);
            },
            batchRows: 4,
            new Chooser(9));
    }
}
