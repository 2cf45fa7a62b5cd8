using AngelSlim.Core.Statistics;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Pretraining;

/// <summary>A conversation as the target reads it.</summary>
/// <param name="Ids">Every token, template included.</param>
/// <param name="Answered">True where the target is to learn to write the token.</param>
internal sealed record PretrainRow(IReadOnlyList<int> Ids, IReadOnlyList<bool> Answered);

/// <summary>Rows of one optimiser step.</summary>
/// <param name="Ids_BT">int64; every row starts at position 0 and is padded on the right, where causal attention never looks.</param>
/// <param name="Places_N">int64: places in B·T whose next token is to be learnt.</param>
/// <param name="Next_N">int64: those tokens.</param>
internal sealed record PretrainBatch(Tensor Ids_BT, Tensor Places_N, Tensor Next_N);

/// <summary>An endless stream of batches from a stream of rows; no row comes twice.</summary>
/// <remarks>
/// A batch holds rows of similar length, so that little is padding: sixteen batches are drawn at once, cut from the rows in
/// order of length, and used in a shuffled order. The stream is a function of the corpus alone, so a run that goes on
/// after a kill skips what was used.
/// </remarks>
/// <param name="rows">Draws the next row.</param>
/// <param name="batchRows">Rows in a batch.</param>
/// <param name="order">Shuffles.</param>
internal sealed class PretrainBatches(Func<PretrainRow> rows, int batchRows, Chooser order)
{
    private const int BatchesAtOnce = 16;

    private readonly Queue<PretrainRow[]> _drawn = [];

    /// <summary>Leaves the next batch out.</summary>
    public void Skip() => _ = NextRows();

    /// <summary>The next batch.</summary>
    public PretrainBatch Next()
    {
        var batch = NextRows();
        var width = batch.Max(row => row.Ids.Count) - 1;
        var ids = new long[batch.Length * width];
        var (places, next) = (new List<long>(), new List<long>());
        for (var row = 0; row < batch.Length; row++)
        {
            var (tokens, answered) = batch[row];
            for (var at = 0; at + 1 < tokens.Count; at++)
            {
                var place = (row * width) + at;
                ids[place] = tokens[at];
                if (answered[at + 1])
                {
                    places.Add(place);
                    next.Add(tokens[at + 1]);
                }
            }
        }

        return new(tensor(ids, [batch.Length, width]), tensor(places), tensor(next));
    }

    private PretrainRow[] NextRows()
    {
        if (_drawn.Count == 0)
        {
            var batches = Enumerable.Range(0, BatchesAtOnce * batchRows)
                .Select(_ => rows())
                .OrderBy(row => row.Ids.Count)
                .Chunk(batchRows)
                .ToArray();
            foreach (var batch in batches.Select(batch => (Batch: batch, Place: order.Next())).OrderBy(drawn => drawn.Place))
            {
                _drawn.Enqueue(batch.Batch);
            }
        }

        return _drawn.Dequeue();
    }
}
