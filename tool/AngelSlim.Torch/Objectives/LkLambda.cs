using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Objectives;

/// <summary>λ KL(P ‖ Q) + (1 − λ) TV(P, Q) with one λ = exp(−3 · mean of Σ min(P, Q)) for all rows of an unroll step. λ is not differentiated.</summary>
/// <remarks>
/// LK^λ of arXiv 2602.23881 as SpecForge trains it, whose cross-entropy has the same gradient as KL. Its mean is over the
/// texts that are computed at once (<c>training.tokensAtOnce</c>), as SpecForge's is over those of one device.
/// </remarks>
/// <param name="share">λ; null: by the rows of the call.</param>
internal sealed class LkLambda(double? share = null) : IObjective
{
    private const double Eta = 3;

    private readonly KullbackLeibler _distance = new();
    private readonly TotalVariation _refusal = new();

    /// <inheritdoc/>
    public bool ReadsMeanOverlap => true;

    /// <inheritdoc/>
    public IObjective At(double meanOverlap) => new LkLambda(Math.Exp(-Eta * meanOverlap));

    /// <inheritdoc/>
    public (Tensor Loss_N, Tensor Gradient_NW) Of(Tensor target_NW, Tensor scores_NW)
    {
        using var scope = NewDisposeScope();
        var (distance_N, distanceGradient_NW) = _distance.Of(target_NW, scores_NW);
        var (refusal_N, refusalGradient_NW) = _refusal.Of(target_NW, scores_NW);
        var lambda = tensor((float)(share ?? Math.Exp(-Eta * (1 - refusal_N.mean().ToNumber()))));
        return (lerp(refusal_N, distance_N, lambda).MoveToOuterDisposeScope(), lerp(refusalGradient_NW, distanceGradient_NW, lambda).MoveToOuterDisposeScope());
    }
}
