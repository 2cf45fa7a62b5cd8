using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace AngelSlim.Torch.Objectives;

/// <summary>½ KL(P ‖ M) + ½ KL(Q ‖ M) with M = ½ (P + Q): 0 when the draft is perfect, never above log 2.</summary>
internal sealed class JensenShannon : IObjective
{
    /// <inheritdoc/>
    public (Tensor Loss_N, Tensor Gradient_NW) Of(Tensor target_NW, Tensor scores_NW)
    {
        using var scope = NewDisposeScope();
        scores_NW.Shaped(target_NW.shape);
        var log_NW = functional.log_softmax(scores_NW, 1);
        var draft_NW = log_NW.exp();
        var middle_NW = Distributions.Log(target_NW.Plus(draft_NW).MultiplyInPlace(0.5));
        var targets_N = (target_NW * (Distributions.Log(target_NW) - middle_NW)).sum(1);
        var surprise_NW = log_NW.sub_(middle_NW);
        var loss_N = (draft_NW * surprise_NW).sum(1).AddInPlace(targets_N).MultiplyInPlace(0.5);
        return (loss_N.MoveToOuterDisposeScope(), Distributions.ThroughSoftmax(draft_NW, surprise_NW).MultiplyInPlace(0.5).MoveToOuterDisposeScope());
    }
}
