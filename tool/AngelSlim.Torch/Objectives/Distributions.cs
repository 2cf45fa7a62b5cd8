using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Objectives;

/// <summary>What objectives have in common: logarithms that stay finite, and gradients through a softmax.</summary>
internal static class Distributions
{
    // The least normal float32. A probability that underflowed to 0 has a logarithm of -87.3, as if its score lay that far below the others'.
    private const double Least = 1.17549435e-38;

    /// <summary>The logarithm of probabilities, float32; finite where one is 0.</summary>
    public static Tensor Log(Tensor probabilities_NW) => probabilities_NW.Within(Least, 1).log();

    /// <summary>The part of the target's probability that the draft covers, Σ min(P, Q): the chance that a draft word, sampled, is accepted.</summary>
    /// <returns>0 to 1 for each row.</returns>
    public static Tensor Overlap(Tensor target_NW, Tensor draft_NW) => minimum(target_NW, draft_NW).sum(1);

    /// <summary>The gradient of scores, from that of the probabilities which their softmax gives.</summary>
    /// <param name="draft_NW">The probabilities.</param>
    /// <param name="gradient_NW">∂loss/∂probability, up to a number that is the same for the whole row.</param>
    public static Tensor ThroughSoftmax(Tensor draft_NW, Tensor gradient_NW)
    {
        var product_NW = draft_NW * gradient_NW;
        return product_NW - (draft_NW * product_NW.sum(1, keepdim: true));
    }
}
