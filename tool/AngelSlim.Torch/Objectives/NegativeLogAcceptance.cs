using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace AngelSlim.Torch.Objectives;

/// <summary>−log Σ min(P, Q): the acceptance itself, as a likelihood. Where target and draft have little in common it pulls as hard as cross-entropy, where total variation hardly pulls.</summary>
/// <remarks>LK^α of "LK Losses: Direct Acceptance Rate Optimization for Speculative Decoding", arXiv 2602.23881; <c>nla</c> of speculators, <c>alpha</c> of SpecForge.</remarks>
internal sealed class NegativeLogAcceptance : IObjective
{
    // As speculators: no row costs more than 11.5 nats.
    private const double LeastOverlap = 1e-5;

    private readonly TotalVariation _totalVariation = new();

    /// <inheritdoc/>
    public (Tensor Loss_N, Tensor Gradient_NW) Of(Tensor target_NW, Tensor scores_NW)
    {
        using var scope = NewDisposeScope();
        var (_, gradient_NW) = _totalVariation.Of(target_NW, scores_NW);
        var overlap_N = Distributions.Overlap(target_NW, functional.softmax(scores_NW, 1)).Within(LeastOverlap, 1);
        return ((-overlap_N.log()).MoveToOuterDisposeScope(), gradient_NW.div_(overlap_N.unsqueeze(1)).MoveToOuterDisposeScope());
    }
}
