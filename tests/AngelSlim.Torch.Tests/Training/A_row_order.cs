using AngelSlim.Torch.Training;
using Xunit;

namespace AngelSlim.Torch.Tests.Training;

public sealed class A_row_order
{
    [Fact]
    public void Groups_rows_that_fit_into_memory_together_and_leaves_none_out()
    {
        IReadOnlyList<IReadOnlyList<int>> Groups(int most, params int[] lengths) => RowOrder.Groups([.. Enumerable.Range(0, lengths.Length)], row => lengths[row], most);
        Assert.Equal([[0, 1], [2, 3], [4]], Groups(10, 4, 6, 7, 3, 7));
        Assert.Equal([[0], [1], [2]], Groups(10, 50, 1, 10));
        Assert.Equal([[0, 1, 2]], Groups(100, 50, 1, 10));
        Assert.Empty(Groups(10));
    }

    [Fact]
    public void Shows_every_row_once_an_epoch_and_each_epoch_in_another_order()
    {
        var order = new RowOrder(7, batchRows: 3, seed: 1);
        var epochs = Enumerable.Range(0, 4).Select(epoch => Enumerable.Range(0, 3).SelectMany(step => order.At((epoch * 3) + step)).ToArray()).ToList();

        Assert.Equal(3, order.StepsPerEpoch);
        Assert.Equal([3, 3, 1], Enumerable.Range(0, 3).Select(step => order.At(step).Count));
        Assert.All(epochs, rows => Assert.Equal(Enumerable.Range(0, 7), rows.Order()));
        Assert.Equal(4, epochs.Select(rows => string.Join(' ', rows)).Distinct().Count());
    }

    [Fact]
    public void Does_not_depend_on_what_was_asked_before()
    {
        var forwards = new RowOrder(50, batchRows: 4, seed: 6);
        var backwards = new RowOrder(50, batchRows: 4, seed: 6);
        var there = Enumerable.Range(0, 60).Select(step => string.Join(' ', forwards.At(step))).ToList();
        var back = Enumerable.Range(0, 60).Reverse().Select(step => string.Join(' ', backwards.At(step))).Reverse();

        Assert.Equal(there, back);
        Assert.NotEqual(there[0], string.Join(' ', new RowOrder(50, batchRows: 4, seed: 7).At(0)));
    }

    [Fact]
    public void Puts_every_row_in_every_place_equally_often()
    {
        // 6000 shuffles of 5 rows: 1200 expected in each place, standard deviation 31; 6 deviations are never seen by chance.
        var order = new RowOrder(5, batchRows: 5, seed: 2);
        var counts = new int[5, 5];
        for (var epoch = 0; epoch < 6000; epoch++)
        {
            foreach (var (row, place) in order.At(epoch).Select((row, place) => (row, place)))
            {
                counts[row, place]++;
            }
        }

        Assert.All(counts.Cast<int>(), count => Assert.InRange(count, 1200 - 186, 1200 + 186));
    }
}
