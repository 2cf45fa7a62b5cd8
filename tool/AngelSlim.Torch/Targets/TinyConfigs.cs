using System.Text.Json.Nodes;

namespace AngelSlim.Torch.Targets;

/// <summary>The smallest sound <c>config.json</c> of the families here.</summary>
public static class TinyConfigs
{
    /// <summary>4 layers of width 24 with two key heads for four query heads, 61 words, a head of its own.</summary>
    /// <param name="family">Whose file it is.</param>
    /// <param name="more">Keys that this family has beside, or instead of, the usual ones.</param>
    public static JsonObject Of(TargetFamily family, params ReadOnlySpan<(string Key, JsonNode? Value)> more)
    {
        var config = new JsonObject
        {
            ["architectures"] = new JsonArray(family.Architecture),
            ["model_type"] = family.ModelType,
            ["torch_dtype"] = "float32",
            ["vocab_size"] = 61,
            ["hidden_size"] = 24,
            ["intermediate_size"] = 40,
            ["num_hidden_layers"] = 4,
            ["num_attention_heads"] = 4,
            ["num_key_value_heads"] = 2,
            ["head_dim"] = 6,
            ["hidden_act"] = "silu",
            ["max_position_embeddings"] = 64,
            ["rms_norm_eps"] = 1e-6,
            ["rope_theta"] = 10000.0,
            ["tie_word_embeddings"] = false,
        };
        foreach (var (key, value) in more)
        {
            config[key] = value;
        }

        return config;
    }
}
