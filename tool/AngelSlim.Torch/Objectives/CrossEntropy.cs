using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Objectives;

/// <summary>Soft cross-entropy, −Σ P log Q: at least the target's own entropy.</summary>
internal sealed class CrossEntropy : IObjective
{
    /// <inheritdoc/>
    public Tensor Of(Tensor target_NW, Tensor scores_NW)
    {
        using var scope = NewDisposeScope();
        scores_NW.Shaped(target_NW.shape);
        scores_NW.sub_(scores_NW.amax([1], keepdim: true));
        var agreement_N = bmm(target_NW.unsqueeze(1), scores_NW.unsqueeze(2)).view(-1);
        var sum_N1 = scores_NW.exp_().sum(1, keepdim: true);
        var loss_N = sum_N1.log().view(-1) - agreement_N;

        // Σ P = 1, so the gradient of the scores is Q − P.
        scores_NW.div_(sum_N1).sub_(target_NW);
        return loss_N.MoveToOuterDisposeScope();
    }
}
