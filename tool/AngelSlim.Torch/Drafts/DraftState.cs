using static TorchSharp.torch;

namespace AngelSlim.Torch.Drafts;

/// <summary>Where a draft stands between two steps.</summary>
/// <param name="Hidden_BTD">What the next step reads beside its tokens: at first the fused target states, then the draft's own.</param>
/// <param name="Positions_ABT">The positions of the next step, int64.</param>
/// <param name="Attention">What was seen so far.</param>
internal sealed record DraftState(Tensor Hidden_BTD, Tensor Positions_ABT, IDraftAttention Attention);

/// <summary>What one step of a draft gives.</summary>
/// <param name="State">For the next step, one position further.</param>
/// <param name="Normed_BTD">What the head reads.</param>
internal sealed record DraftStep(DraftState State, Tensor Normed_BTD)
{
    /// <summary>Some rows alone, one after another: where drafting goes on.</summary>
    /// <param name="rows">Places along T; repeats allowed.</param>
    public DraftStep Rows(IReadOnlyList<long> rows)
    {
        var rows_N = tensor(rows.ToArray(), device: Normed_BTD.device);
        return new(
            State with { Hidden_BTD = State.Hidden_BTD.index_select(1, rows_N), Positions_ABT = State.Positions_ABT.index_select(2, rows_N) },
            Normed_BTD.index_select(1, rows_N));
    }
}
