using System.Text.Json.Nodes;
using AngelSlim.Core.Text;

namespace AngelSlim.Torch.Targets;

/// <summary>Qwen2 and Qwen2.5: query, key and value always have biases, the output never; a window that is switched on begins at a layer.</summary>
internal sealed class Qwen2 : TargetFamily
{
    private static readonly ConfigDefaults Defaults = new() { KeyHeads = 32, Windows = WindowKeys.FromALayerOn };

    /// <inheritdoc/>
    public override string ModelType => "qwen2";

    /// <inheritdoc/>
    public override string Architecture => "Qwen2ForCausalLM";

    /// <inheritdoc/>
    public override JsonObject TinyConfig() => TinyConfigs.Of(this, ("use_sliding_window", true), ("sliding_window", 5), ("max_window_layers", 2));

    /// <inheritdoc/>
    public override TargetConfig Read(ConfigObject config)
    {
        // The reference has no such keys and would not look; a file that sets them was made for something else.
        foreach (var key in new[] { "attention_bias", "mlp_bias" }.Where(key => config.Flag(key, whenMissing: false)))
        {
            throw config.Refuse(key, "false: here query, key and value have biases, and nothing else has");
        }

        return Defaults.Read(this, config) with { AttentionBias = AttentionBias.QueryKeyValue };
    }
}
