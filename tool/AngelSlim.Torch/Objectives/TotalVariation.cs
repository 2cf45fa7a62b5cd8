using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace AngelSlim.Torch.Objectives;

/// <summary>½ Σ |P − Q| = 1 − Σ min(P, Q): the chance that a draft word, sampled, is refused. Its gradient vanishes where the two have little in common.</summary>
internal sealed class TotalVariation : IObjective
{
    /// <inheritdoc/>
    public (Tensor Loss_N, Tensor Gradient_NW) Of(Tensor target_NW, Tensor scores_NW)
    {
        using var scope = NewDisposeScope();
        scores_NW.Shaped(target_NW.shape);
        var draft_NW = functional.softmax(scores_NW, 1);
        var loss_N = (draft_NW - target_NW).abs().sum(1).MultiplyInPlace(0.5);

        // -1 where the draft says a word too rarely, not ½ either way: the softmax would take the difference of two numbers near ½.
        var gradient_NW = Distributions.ThroughSoftmax(draft_NW, -draft_NW.lt(target_NW).to(float32));
        return (loss_N.MoveToOuterDisposeScope(), gradient_NW.MoveToOuterDisposeScope());
    }
}
