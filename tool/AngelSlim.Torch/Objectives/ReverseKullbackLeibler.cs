using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace AngelSlim.Torch.Objectives;

/// <summary>KL(Q ‖ P) = Σ Q (log Q − log P): punishes a draft for words that the target would not say. 0 when the draft is perfect.</summary>
internal sealed class ReverseKullbackLeibler : IObjective
{
    /// <inheritdoc/>
    public (Tensor Loss_N, Tensor Gradient_NW) Of(Tensor target_NW, Tensor scores_NW)
    {
        using var scope = NewDisposeScope();
        scores_NW.Shaped(target_NW.shape);
        var log_NW = functional.log_softmax(scores_NW, 1);
        var draft_NW = log_NW.exp();
        var surprise_NW = log_NW.sub_(Distributions.Log(target_NW));
        return ((draft_NW * surprise_NW).sum(1).MoveToOuterDisposeScope(), Distributions.ThroughSoftmax(draft_NW, surprise_NW).MoveToOuterDisposeScope());
    }
}
