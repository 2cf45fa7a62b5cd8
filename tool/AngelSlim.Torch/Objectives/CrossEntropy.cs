using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace AngelSlim.Torch.Objectives;

/// <summary>Soft cross-entropy, −Σ P log Q: at least the target's own entropy.</summary>
internal sealed class CrossEntropy : IObjective
{
    /// <inheritdoc/>
    public (Tensor Loss_N, Tensor Gradient_NW) Of(Tensor target_NW, Tensor scores_NW)
    {
        using var scope = NewDisposeScope();
        scores_NW.Shaped(target_NW.shape);
        var log_NW = functional.log_softmax(scores_NW, 1);

        // A product that is summed, not a dot product: that adds up tens of thousands of terms of one sign in a row, and
        // comes out too small by 5e-6 at W = 8192.
        var loss_N = -(target_NW * log_NW).sum(1);

        // Σ P = 1, so the gradient of the scores is Q − P.
        return (loss_N.MoveToOuterDisposeScope(), log_NW.exp_().sub_(target_NW).MoveToOuterDisposeScope());
    }
}
