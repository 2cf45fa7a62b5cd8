using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Torch.Objectives;
using Xunit;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Objectives;

public sealed class Counted_rows
{
    // One row: question, question, answer a b c, question, answer d e, question.
    //   token   0 1 2 3 4 5 6 7 8
    //   mask    0 0 1 1 1 0 1 1 0
    private static readonly long[] Mask = [0, 0, 1, 1, 1, 0, 1, 1, 0];

    [Fact]
    public void Of_the_exact_gate_are_those_that_a_server_asks_for()
    {
        // Row t reads token t+1+k and predicts t+2+k; t+1 … t+2+k must lie in one answer.
        // k = 0: t+1 and t+2: rows 1 (a predicts b), 2 (b predicts c), 5 (d predicts e).
        // k = 1: t+1 to t+3: row 1 alone (a read at first, b drafted, c predicted). k = 2: an answer of four words: none.
        Assert.Equal([[1, 2, 5], [1], []], RowsOf(Gate.Exact, 3));
    }

    [Fact]
    public void Of_the_all_gate_are_the_exact_ones_of_a_text_that_is_one_answer()
    {
        using var scope = NewDisposeScope();
        var everything = ones([1, 9], @bool);

        Assert.Equal(CountedRows.Of(everything, new([9]), 3, Gate.Exact), CountedRows.Of(everything, new([9]), 3, Gate.All));
    }

    [Fact]
    public void Of_the_next_gate_read_a_word_of_an_answer()
    {
        // mask[t+1+k]: t+1+k in {2, 3, 4, 6, 7}, and t from 0.
        Assert.Equal([[1, 2, 3, 5, 6], [0, 1, 2, 4, 5], [0, 1, 3, 4]], RowsOf(Gate.Next, 3));
    }

    [Fact]
    public void Of_the_AngelSlim_gate_look_one_token_earlier()
    {
        // mask[t+k]: t+k in {2, 3, 4, 6, 7}.
        Assert.Equal([[2, 3, 4, 6, 7], [1, 2, 3, 5, 6], [0, 1, 2, 4, 5]], RowsOf(Gate.Angelslim, 3));
    }

    [Fact]
    public void Of_the_AngelSlim_gate_learn_from_a_state_of_zeros_where_the_answer_ends_with_the_row()
    {
        using var scope = NewDisposeScope();
        var taught = CountedRows.Of(tensor(new long[,] { { 0, 1, 1 }, { 0, 0, 1 } }), new([3, 3]), unroll: 2, Gate.Angelslim);

        // Two rows of three tokens: the state past the end of either is row 6.
        Assert.Equal([new(2, 1, 2), new(6, 2, 2), new(6, 5, 2)], taught);
    }

    [Fact]
    public void Never_reach_into_the_row_before()
    {
        using var scope = NewDisposeScope();
        var all = ones([2, 4], int64);
        foreach (var gate in Enum.GetValues<Gate>())
        {
            foreach (var row in CountedRows.Of(all, new([4, 4]), unroll: 7, gate))
            {
                Assert.Equal(row.FirstDraft / 4, (row.FirstDraft - row.Depth + 1) / 4);
                Assert.InRange(row.FirstDraft - row.Depth + 1, 0, 7);
            }
        }
    }

    /// <summary>The rows t that count at each step.</summary>
    private static int[][] RowsOf(Gate gate, int unroll)
    {
        using var scope = NewDisposeScope();
        var taught = CountedRows.Of(tensor(Mask).unsqueeze(0), new([9]), unroll, gate);
        return [.. Enumerable.Range(0, unroll).Select(k => taught.Where(row => row.Depth > k).Select(row => row.FirstDraft - k).ToArray())];
    }
}
