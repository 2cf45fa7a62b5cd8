using System.Text.Json.Nodes;
using AngelSlim.Core.Text;
using AngelSlim.Torch.Layers;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace Olmo2Family;

/// <summary>
/// OLMo 2, as an example of a family that is no part of the tool. It differs from Llama in two ways: a layer norms what
/// its two parts give and not what they get, and queries and keys are normed over all heads at once.
/// </summary>
public sealed class Olmo2 : TargetFamily
{
    private static readonly ConfigDefaults Defaults = new() { NormEpsilon = 1e-5 };

    /// <inheritdoc/>
    public override string ModelType => "olmo2";

    /// <inheritdoc/>
    public override string Architecture => "Olmo2ForCausalLM";

    /// <inheritdoc/>
    public override JsonObject TinyConfig() => TinyConfigs.Of(this, ("rms_norm_eps", 1e-5));

    /// <inheritdoc/>
    public override TargetConfig Read(ConfigObject config) => Defaults.Read(this, config);

    /// <inheritdoc/>
    public override IEnumerable<TargetWeight> WeightsOfLayer(TargetConfig config, int layer) =>
    [
        .. StandardLayer.AttentionWeights(config),
        TargetWeight.Norm("self_attn.q_norm", config.Heads.Heads * config.Heads.Channels),
        TargetWeight.Norm("self_attn.k_norm", config.Heads.KeyHeads * config.Heads.Channels),
        TargetWeight.Norm("post_attention_layernorm", config.Width),
        .. StandardLayer.MlpWeights("mlp", config.Width, config.InnerWidth),
        TargetWeight.Norm("post_feedforward_layernorm", config.Width),
    ];

    /// <inheritdoc/>
    public override IDecoderLayer Layer(TargetConfig config, int layer, LayerWeights weights) => new Olmo2Layer(config.Heads, weights);
}

/// <summary><c>x + norm(attention(x))</c>, then <c>x + norm(mlp(x))</c>.</summary>
internal sealed class Olmo2Layer(HeadShape heads, LayerWeights weights) : IDecoderLayer
{
    private readonly Projection _query = weights.Matrix("self_attn.q_proj");
    private readonly Projection _key = weights.Matrix("self_attn.k_proj");
    private readonly Projection _value = weights.Matrix("self_attn.v_proj");
    private readonly Projection _output = weights.Matrix("self_attn.o_proj");
    private readonly RmsNorm _queryNorm = weights.Norm("self_attn.q_norm");
    private readonly RmsNorm _keyNorm = weights.Norm("self_attn.k_norm");
    private readonly RmsNorm _attentionNorm = weights.Norm("post_attention_layernorm");
    private readonly GatedMlp _mlp = weights.Mlp("mlp");
    private readonly RmsNorm _mlpNorm = weights.Norm("post_feedforward_layernorm");

    /// <inheritdoc/>
    public Tensor Apply(Tensor hidden_BTD, int layer, AttentionCall call)
    {
        // Everything that is made in here is freed at the end, but for what is moved out.
        using var scope = NewDisposeScope();
        var between_BTD = hidden_BTD.Plus(_attentionNorm.Apply(Attention(hidden_BTD, layer, call)));
        return between_BTD.Plus(_mlpNorm.Apply(_mlp.Apply(between_BTD))).MoveToOuterDisposeScope();
    }

    private Tensor Attention(Tensor hidden_BTD, int layer, AttentionCall call)
    {
        var q_BTHC = call.Rotation.Apply(Heads(_queryNorm.Apply(_query.Apply(hidden_BTD)), heads.Heads));
        var k_BTKC = call.Rotation.Apply(Heads(_keyNorm.Apply(_key.Apply(hidden_BTD)), heads.KeyHeads));
        var v_BTKC = Heads(_value.Apply(hidden_BTD), heads.KeyHeads);
        return _output.Apply(call.Attend(layer, q_BTHC.transpose(1, 2), k_BTKC.transpose(1, 2), v_BTKC.transpose(1, 2)));
    }

    private Tensor Heads(Tensor all_BTE, int count) => all_BTE.unflatten(2, count, heads.Channels);
}
