using AngelSlim.Torch.Layers;

namespace AngelSlim.Torch.Targets;

/// <summary>The layer that most families have: norm, attention, norm, gated MLP, by the names that Llama gave them.</summary>
public static class StandardLayer
{
    private const string Before = "input_layernorm";
    private const string Between = "post_attention_layernorm";

    /// <summary>Its weights, in the order of the computation.</summary>
    /// <param name="config">Sizes, biases, head norms.</param>
    /// <param name="layer">0-based.</param>
    public static IEnumerable<TargetWeight> Weights(TargetConfig config, int layer) =>
        [
            TargetWeight.Norm(Before, config.Width),
            .. AttentionWeights(config),
            TargetWeight.Norm(Between, config.Width),
            .. MlpWeights("mlp", config.Width, config.InnerWidth, config.MlpBias),
        ];

    /// <summary>The layer itself.</summary>
    /// <param name="config">As for <see cref="Weights"/>.</param>
    /// <param name="layer">0-based.</param>
    /// <param name="weights">Those of <see cref="Weights"/>, of which those of the MLP only if none is given.</param>
    /// <param name="mlp">What stands in the MLP's place; null: the gated MLP.</param>
    public static IDecoderLayer Build(TargetConfig config, int layer, LayerWeights weights, IMlp? mlp = null) =>
        new DecoderLayer(weights.Norm(Before), Attention(config, layer, weights), weights.Norm(Between), mlp ?? weights.Mlp("mlp"));

    /// <summary>The weights of the attention, <c>self_attn.*</c>.</summary>
    /// <param name="config">Sizes, biases, head norms.</param>
    public static IEnumerable<TargetWeight> AttentionWeights(TargetConfig config)
    {
        long width = config.Width, channels = config.Heads.Channels;
        var (queries, keys) = (config.Heads.Heads * channels, config.Heads.KeyHeads * channels);
        yield return TargetWeight.Matrix("self_attn.q_proj", queries, width);
        yield return TargetWeight.Matrix("self_attn.k_proj", keys, width);
        yield return TargetWeight.Matrix("self_attn.v_proj", keys, width);
        yield return TargetWeight.Output("self_attn.o_proj", width, queries);
        (string Name, long Size)[] biases = [("q_proj", queries), ("k_proj", keys), ("v_proj", keys), ("o_proj", width)];
        var biased = config.AttentionBias switch { AttentionBias.All => 4, AttentionBias.QueryKeyValue => 3, _ => 0 };
        foreach (var (name, size) in biases[..biased])
        {
            yield return TargetWeight.Bias($"self_attn.{name}", size);
        }

        if (config.HeadNorms is { } norms)
        {
            yield return TargetWeight.Norm($"self_attn.{norms.Query}", channels);
            yield return TargetWeight.Norm($"self_attn.{norms.Key}", channels);
        }
    }

    /// <summary>The weights of a gated MLP, <c>NAME.gate_proj</c>, <c>NAME.up_proj</c> and <c>NAME.down_proj</c>.</summary>
    /// <param name="name">For example <c>mlp</c>.</param>
    /// <param name="width">Of the residual stream (D).</param>
    /// <param name="inner">Between the two halves (F).</param>
    /// <param name="biased">All three have biases.</param>
    public static IEnumerable<TargetWeight> MlpWeights(string name, long width, long inner, bool biased = false)
    {
        yield return TargetWeight.Matrix($"{name}.gate_proj", inner, width);
        yield return TargetWeight.Matrix($"{name}.up_proj", inner, width);
        yield return TargetWeight.Output($"{name}.down_proj", width, inner);
        if (biased)
        {
            yield return TargetWeight.Bias($"{name}.gate_proj", inner);
            yield return TargetWeight.Bias($"{name}.up_proj", inner);
            yield return TargetWeight.Bias($"{name}.down_proj", width);
        }
    }

    private static Attention Attention(TargetConfig config, int layer, LayerWeights weights) => new(
        config.Heads,
        new(weights.Matrix("self_attn.q_proj"), weights.Matrix("self_attn.k_proj"), weights.Matrix("self_attn.v_proj"), weights.Matrix("self_attn.o_proj"))
        {
            Norms = config.HeadNorms is { } norms ? new(weights.Norm($"self_attn.{norms.Query}"), weights.Norm($"self_attn.{norms.Key}"), norms.Place) : null,
            Window = config.Windows.Count > 0 ? config.Windows[layer] : null,
        });
}
