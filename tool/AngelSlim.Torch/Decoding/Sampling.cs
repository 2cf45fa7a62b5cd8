using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Decoding;

/// <summary>From scores to the probabilities that words are drawn by: temperature, then top-k, then top-p, as in transformers and vLLM.</summary>
internal sealed record Sampling
{
    /// <summary>What scores are divided by, over 0.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Only so many best words, at least 1, and those that score as the last of them; null: all.</summary>
    public int? TopK { get; init; }

    /// <summary>Only the best words, up to the one with which their sum reaches this, over 0 to 1; the best always stays.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Probabilities in float32; each row sums to 1.</summary>
    /// <param name="scores_NV">Any float type.</param>
    public Tensor Probabilities(Tensor scores_NV)
    {
        using var scope = NewDisposeScope();
        var kept_NV = scores_NV.to(float32).Times(1 / Temperature);
        if (TopK < kept_NV.shape[^1])
        {
            var least_N1 = kept_NV.topk(TopK.Value).values[.., ^1..];
            kept_NV = Without(kept_NV, kept_NV.lt(least_N1));
        }

        if (TopP < 1)
        {
            var (sorted_NV, order_NV) = kept_NV.sort(dim: -1, descending: true, stable: true);
            var shares_NV = sorted_NV.softmax(-1);

            // Those after which the sum was reached already.
            var behind_NV = (shares_NV.cumsum(-1) - shares_NV).ge(tensor((float)TopP, device: kept_NV.device));
            kept_NV = Without(kept_NV, zeros_like(behind_NV).scatter(-1, order_NV, behind_NV));
        }

        return kept_NV.softmax(-1).MoveToOuterDisposeScope();
    }

    /// <summary>The same, row by row.</summary>
    public float[][] Rows(Tensor scores_NV)
    {
        using var scope = NewDisposeScope();
        return [.. Probabilities(scores_NV).cpu().unbind().Select(row_V => row_V.data<float>().ToArray())];
    }

    /// <summary>The first place at which the weights' sum exceeds a share of their total.</summary>
    /// <param name="weights">Not negative, not all 0.</param>
    /// <param name="share">0 to below 1.</param>
    public static int Draw(ReadOnlySpan<float> weights, double share)
    {
        var (wanted, sum, last) = (share * Total(weights), 0.0, 0);
        for (var place = 0; place < weights.Length; place++)
        {
            if (weights[place] > 0)
            {
                (sum, last) = (sum + weights[place], place);
                if (sum > wanted)
                {
                    break;
                }
            }
        }

        return last;
    }

    /// <summary>The sum, in double precision.</summary>
    public static double Total(ReadOnlySpan<float> weights)
    {
        var total = 0.0;
        foreach (var weight in weights)
        {
            total += weight;
        }

        return total;
    }

    private static Tensor Without(Tensor scores_NV, Tensor dropped_NV) =>
        where(dropped_NV, tensor(float.NegativeInfinity, device: scores_NV.device), scores_NV);
}
