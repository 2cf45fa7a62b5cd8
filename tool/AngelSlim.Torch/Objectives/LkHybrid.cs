using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace AngelSlim.Torch.Objectives;

/// <summary>λ KL(P ‖ Q) + (1 − λ) TV(P, Q), λ = exp(−3 Σ min(P, Q)): distils while the two are far apart, and goes for acceptance as they come near. λ is not differentiated.</summary>
/// <remarks>LK^λ of arXiv 2602.23881 with its η = 3, row by row as speculators and AngelSpec; SpecForge takes one λ for a batch.</remarks>
internal sealed class LkHybrid : IObjective
{
    private const double Eta = 3;

    private readonly KullbackLeibler _distance = new();
    private readonly TotalVariation _refusal = new();

    /// <inheritdoc/>
    public (Tensor Loss_N, Tensor Gradient_NW) Of(Tensor target_NW, Tensor scores_NW)
    {
        using var scope = NewDisposeScope();
        var (distance_N, distanceGradient_NW) = _distance.Of(target_NW, scores_NW);
        var (refusal_N, refusalGradient_NW) = _refusal.Of(target_NW, scores_NW);
        var share_N = Distributions.Overlap(target_NW, functional.softmax(scores_NW, 1)).MultiplyInPlace(-Eta).exp_();
        var share_N1 = share_N.unsqueeze(1);
        return (lerp(refusal_N, distance_N, share_N).MoveToOuterDisposeScope(), lerp(refusalGradient_NW, distanceGradient_NW, share_N1).MoveToOuterDisposeScope());
    }
}
