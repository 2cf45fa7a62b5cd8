using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Objectives;

/// <summary>The target's distributions over the draft words, worked out for the rows asked for.</summary>
/// <param name="last_ND">The target's last states after its final norm, one row per token of the batch.</param>
/// <param name="head_VD">The target's head.</param>
/// <param name="vocabulary">The draft's words.</param>
internal sealed class Teacher(Tensor last_ND, Tensor head_VD, DraftVocabulary vocabulary)
{
    private const int SliceWords = 16384;

    /// <summary>Scores these rows.</summary>
    /// <param name="rows">Rows of <c>last_ND</c>; N itself stands for a state of zeros, whose distribution is uniform.</param>
    /// <returns>
    /// Probabilities over the draft words, float32, and for every row the draft word that is the target's first choice
    /// among all words, or -1 where that is no draft word.
    /// </returns>
    /// <remarks>
    /// Whole rows of scores never exist: a slice of the vocabulary is scored, its best word and its draft words are kept.
    /// Among equal scores the lowest word wins, as in one arg-max over the row.
    /// </remarks>
    public (Tensor Target_NW, long[] Choice) Of(IReadOnlyList<int> rows)
    {
        using var scope = NewDisposeScope();
        var hidden_nD = Rows(rows);
        var scores_nW = empty([rows.Count, vocabulary.Count], float32);
        var best_n = tensor(float.NegativeInfinity).repeat(rows.Count);
        var word_n = zeros([rows.Count], int64);
        for (long start = 0; start < head_VD.shape[0]; start += SliceWords)
        {
            using var sliceScope = NewDisposeScope();
            var size = Math.Min(SliceWords, head_VD.shape[0] - start);
            var slice_nv = mm(hidden_nD, head_VD.narrow(0, start, size).t()).to(float32);
            var (highest_n, at_n) = slice_nv.max(1);
            word_n.copy_(where(highest_n.gt(best_n), at_n.Plus(start), word_n));
            best_n.copy_(maximum(best_n, highest_n));

            // Draft words ascend, so those of a slice are one contiguous range of columns.
            var (from, to) = vocabulary.Between(start, start + size);
            if (to > from)
            {
                scores_nW.narrow(1, from, to - from).copy_(slice_nv.index_select(1, vocabulary.Words_W.narrow(0, from, to - from).Plus(-start)));
            }
        }

        return (nn.functional.softmax(scores_nW, 1).MoveToOuterDisposeScope(), [.. word_n.data<long>().ToArray().Select(vocabulary.ToDraft)]);
    }

    private Tensor Rows(IReadOnlyList<int> rows)
    {
        last_ND.Shaped([-1, head_VD.shape[1]]);
        var count = last_ND.shape[0];
        var hidden_nD = last_ND.index_select(0, tensor(rows.Select(row => row == count ? 0L : row).ToArray()));
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i] == count)
            {
                hidden_nD[i].zero_();
            }
        }

        return hidden_nD.to(head_VD.dtype);
    }
}
