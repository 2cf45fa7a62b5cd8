using static TorchSharp.torch;

namespace AngelSlim.Torch.Drafts;

/// <summary>Where a draft stands between two steps.</summary>
/// <param name="Hidden_BTD">What the next step reads beside its tokens: at first the fused target states, then the draft's own.</param>
/// <param name="Positions_ABT">The positions of the next step, int64.</param>
/// <param name="Attention">What was seen so far.</param>
internal sealed record DraftState(Tensor Hidden_BTD, Tensor Positions_ABT, IDraftAttention Attention)
{
    /// <summary>The last row alone: where a chain goes on after the rows that the target has read.</summary>
    public DraftState Last() => this with { Hidden_BTD = Hidden_BTD[.., ^1..], Positions_ABT = Positions_ABT[.., .., ^1..] };
}

/// <summary>What one step of a draft gives.</summary>
/// <param name="State">For the next step, one position further.</param>
/// <param name="Normed_BTD">What the head reads.</param>
internal sealed record DraftStep(DraftState State, Tensor Normed_BTD);
