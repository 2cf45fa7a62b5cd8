using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Pretraining;

/// <summary>The first weights of a target that is trained, by the names that a checkpoint gives them.</summary>
internal static class FreshWeights
{
    private const double EmbeddingDeviation = 0.02;
    private const double Gain = 0.7;

    /// <summary>
    /// Normal numbers: embeddings with deviation 0.02, matrices with 0.7 / √inputs, those that write to the residual
    /// stream smaller by √(2 layers) so that it does not grow with depth; norms are 1, biases 0.
    /// </summary>
    /// <param name="config">The target's shape.</param>
    /// <param name="random">Its state decides every number.</param>
    /// <returns>Float32 leaves that ask for gradients, in an order that depends on the shape alone.</returns>
    public static IReadOnlyList<KeyValuePair<string, Tensor>> Draw(TargetConfig config, Generator random)
    {
        using var frozen = no_grad();
        var depth = 1 / Math.Sqrt(2.0 * config.Layers);
        return [.. TargetWeights.Of(config).Select(weight => KeyValuePair.Create(weight.Name, First(weight).requires_grad_()))];

        Tensor First(TargetWeight weight) => weight.Role switch
        {
            WeightRole.Norm => ones([.. weight.Shape]),
            WeightRole.Bias => zeros([.. weight.Shape]),
            WeightRole.Embedding => Normal(weight, EmbeddingDeviation),
            WeightRole.Output => Normal(weight, depth * Gain / Math.Sqrt(weight.Shape[1])),
            _ => Normal(weight, Gain / Math.Sqrt(weight.Shape[1])),
        };

        Tensor Normal(TargetWeight weight, double deviation) => randn([.. weight.Shape], generator: random).MultiplyInPlace(deviation);
    }
}
