using AngelSlim.Core.Manifests;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Drafts;

/// <summary>The draft's parameters, by the names that they have in a checkpoint.</summary>
internal static class DraftWeights
{
    /// <summary>The head.</summary>
    public const string Head = "lm_head.weight";

    /// <summary>Every parameter of a draft of this form, with its shape.</summary>
    public static IReadOnlyDictionary<string, long[]> Shapes(DraftConfig config)
    {
        var (width, mlp) = (config.Width, config.MlpWidth);
        var (queries, keys) = (config.Heads * config.HeadChannels, config.KeyHeads * config.HeadChannels);
        var shapes = new SortedDictionary<string, long[]>(StringComparer.Ordinal)
        {
            ["fc.weight"] = [width, (long)config.HiddenLayers.Count * config.TargetWidth],
            ["midlayer.input_layernorm.weight"] = [width],
            ["midlayer.hidden_norm.weight"] = [width],
            ["midlayer.self_attn.q_proj.weight"] = [queries, 2 * width],
            ["midlayer.self_attn.k_proj.weight"] = [keys, 2 * width],
            ["midlayer.self_attn.v_proj.weight"] = [keys, 2 * width],
            ["midlayer.self_attn.o_proj.weight"] = [width, queries],
            ["midlayer.post_attention_layernorm.weight"] = [width],
            ["midlayer.mlp.gate_proj.weight"] = [mlp, width],
            ["midlayer.mlp.up_proj.weight"] = [mlp, width],
            ["midlayer.mlp.down_proj.weight"] = [width, mlp],
            ["norm.weight"] = [width],
            [Head] = [config.DraftWords, width],
        };
        if (config.NormBeforeFc)
        {
            shapes["input_norm.weight"] = [(long)config.HiddenLayers.Count * config.TargetWidth];
        }

        for (var layer = 0; config.FcNorm && layer < config.HiddenLayers.Count; layer++)
        {
            shapes[$"fc_norm.{layer}.weight"] = [config.TargetWidth];
        }

        return shapes;
    }

    /// <summary>Throws unless exactly the parameters of this form are there.</summary>
    /// <exception cref="DataException">A parameter is missing, has another shape, or is not one of this form.</exception>
    public static void Check(IReadOnlyDictionary<string, Tensor> weights, DraftConfig config, TextPlace? place = null)
    {
        var shapes = Shapes(config);
        foreach (var (name, shape) in shapes)
        {
            if (!weights.TryGetValue(name, out var weight))
            {
                throw new DataException(ProblemCode.BadDraft, $"the draft should have '{name}', which is missing; it has {weights.Count} tensors.", place);
            }

            if (!weight.shape.AsSpan().SequenceEqual(shape))
            {
                throw new DataException(
                    ProblemCode.BadDraft, $"'{name}' should have shape [{string.Join(", ", shape)}] but has [{string.Join(", ", weight.shape)}]: config and weights are of two drafts.", place);
            }
        }

        if (weights.Keys.FirstOrDefault(name => !shapes.ContainsKey(name)) is { } unknown)
        {
            throw new DataException(ProblemCode.BadDraft, $"'{unknown}' is not a parameter of an Eagle3 draft with these settings.", place);
        }
    }
}
