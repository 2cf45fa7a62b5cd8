using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Objectives;

/// <summary>KL(P ‖ Q) = Σ P (log P − log Q): cross-entropy above the target's own entropy, with the same gradient. 0 when the draft is perfect.</summary>
internal sealed class KullbackLeibler : IObjective
{
    private readonly CrossEntropy _crossEntropy = new();

    /// <inheritdoc/>
    public (Tensor Loss_N, Tensor Gradient_NW) Of(Tensor target_NW, Tensor scores_NW)
    {
        using var scope = NewDisposeScope();
        var (loss_N, gradient_NW) = _crossEntropy.Of(target_NW, scores_NW);
        var negentropy_N = (target_NW * Distributions.Log(target_NW)).sum(1);
        return (loss_N.AddInPlace(negentropy_N).MoveToOuterDisposeScope(), gradient_NW.MoveToOuterDisposeScope());
    }
}
