using System.Text.Json.Nodes;
using AngelSlim.Core.Text;
using AngelSlim.Torch.Layers;

namespace AngelSlim.Torch.Targets;

/// <summary>Qwen3, dense: heads of queries and keys are normed before they are rotated.</summary>
internal sealed class Qwen3 : TargetFamily
{
    private static readonly ConfigDefaults Defaults = new() { HeadChannels = 128, KeyHeads = 32, Windows = WindowKeys.FromALayerOn };

    /// <summary>As Qwen3-MoE has them too.</summary>
    public static HeadNormNames HeadNorms { get; } = new("q_norm", "k_norm", NormPlace.BeforeRotation);

    /// <inheritdoc/>
    public override string ModelType => "qwen3";

    /// <inheritdoc/>
    public override string Architecture => "Qwen3ForCausalLM";

    /// <inheritdoc/>
    public override JsonObject TinyConfig() => TinyConfigs.Of(this, ("attention_bias", true));

    /// <inheritdoc/>
    public override TargetConfig Read(ConfigObject config) => Defaults.Read(this, config) with { HeadNorms = HeadNorms };
}
