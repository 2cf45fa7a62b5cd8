using System.Text.Json.Nodes;
using AngelSlim.Core.Text;

namespace AngelSlim.Torch.Targets;

/// <summary>Llama 2 and 3, SmolLM2, and all that say they are Llama.</summary>
internal sealed class Llama : TargetFamily
{
    /// <inheritdoc/>
    public override string ModelType => "llama";

    /// <inheritdoc/>
    public override string Architecture => "LlamaForCausalLM";

    /// <inheritdoc/>
    public override JsonObject TinyConfig() => TinyConfigs.Of(this);

    /// <inheritdoc/>
    public override TargetConfig Read(ConfigObject config) => new ConfigDefaults().Read(this, config);
}
