using System.Text.Json.Nodes;
using AngelSlim.Core.Text;
using AngelSlim.Torch.Layers;

namespace AngelSlim.Torch.Targets;

/// <summary>Hunyuan, dense: a larger base at every length, and heads that are normed behind the rotation.</summary>
internal sealed class Hunyuan : TargetFamily
{
    private static readonly ConfigDefaults Defaults = new() { NormEpsilon = 1e-5, AlphaRope = true };

    /// <inheritdoc/>
    public override string ModelType => "hunyuan_v1_dense";

    /// <inheritdoc/>
    public override string Architecture => "HunYuanDenseV1ForCausalLM";

    /// <inheritdoc/>
    public override JsonObject TinyConfig() => TinyConfigs.Of(
        this, ("rope_scaling", new JsonObject { ["type"] = "dynamic", ["alpha"] = 1000.0, ["factor"] = 1.0 }), ("rms_norm_eps", 1e-5));

    /// <inheritdoc/>
    public override TargetConfig Read(ConfigObject config)
    {
        if (!config.Flag("use_qk_norm", whenMissing: true))
        {
            throw config.Refuse("use_qk_norm", "true");
        }

        var shape = Defaults.Read(this, config);
        var channels = config.Integer("head_dim", 2, 4096) ?? config.Integer("attention_head_dim", 2, 4096) ?? throw config.Refuse("head_dim", "an even number");
        return shape with
        {
            Heads = shape.Heads with { Channels = channels },
            HeadNorms = new("query_layernorm", "key_layernorm", NormPlace.AfterRotation),
        };
    }
}
