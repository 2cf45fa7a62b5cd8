using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Pretraining;

/// <summary>The first weights of a Qwen3 target, by the names that a checkpoint gives them.</summary>
internal static class FreshWeights
{
    private const double EmbeddingDeviation = 0.02;
    private const double Gain = 0.7;

    /// <summary>
    /// Normal numbers: embeddings with deviation 0.02, matrices with 0.7 / √inputs, those that write to the residual
    /// stream smaller by √(2 layers) so that it does not grow with depth; norms are 1. The head is the embedding.
    /// </summary>
    /// <param name="settings">Sizes.</param>
    /// <param name="vocabulary">Rows of the embedding.</param>
    /// <param name="random">Its state decides every number.</param>
    /// <returns>Float32 leaves that ask for gradients, in an order that depends on the settings alone.</returns>
    public static IReadOnlyList<KeyValuePair<string, Tensor>> Draw(PretrainSettings settings, int vocabulary, Generator random)
    {
        using var frozen = no_grad();
        var (width, inner) = (settings.HiddenSize, settings.IntermediateSize);
        var (queries, keys) = (settings.Heads * settings.HeadSize, settings.KeyHeads * settings.HeadSize);
        var depth = 1 / Math.Sqrt(2.0 * settings.Layers);
        var weights = new List<KeyValuePair<string, Tensor>>();
        Matrix("model.embed_tokens", vocabulary, width, EmbeddingDeviation);
        for (var layer = 0; layer < settings.Layers; layer++)
        {
            var name = $"model.layers.{layer}";
            Norm($"{name}.input_layernorm", width);
            Matrix($"{name}.self_attn.q_proj", queries, width, Gain / Math.Sqrt(width));
            Matrix($"{name}.self_attn.k_proj", keys, width, Gain / Math.Sqrt(width));
            Matrix($"{name}.self_attn.v_proj", keys, width, Gain / Math.Sqrt(width));
            Matrix($"{name}.self_attn.o_proj", width, queries, depth * Gain / Math.Sqrt(queries));
            Norm($"{name}.self_attn.q_norm", settings.HeadSize);
            Norm($"{name}.self_attn.k_norm", settings.HeadSize);
            Norm($"{name}.post_attention_layernorm", width);
            Matrix($"{name}.mlp.gate_proj", inner, width, Gain / Math.Sqrt(width));
            Matrix($"{name}.mlp.up_proj", inner, width, Gain / Math.Sqrt(width));
            Matrix($"{name}.mlp.down_proj", width, inner, depth * Gain / Math.Sqrt(inner));
        }

        Norm("model.norm", width);
        return weights;

        void Matrix(string name, long rows, long columns, double deviation) =>
            weights.Add(new($"{name}.weight", randn([rows, columns], generator: random).MultiplyInPlace(deviation).requires_grad_()));

        void Norm(string name, long size) => weights.Add(new($"{name}.weight", ones([size], requires_grad: true)));
    }
}
