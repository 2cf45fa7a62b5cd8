using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using AngelSlim.Core.Text;
using AngelSlim.Torch.Layers;

namespace AngelSlim.Torch.Targets;

/// <summary>Qwen3 with experts in the place of the MLP, in all layers or in some.</summary>
internal sealed class Qwen3Moe : TargetFamily
{
    private const string Gate = "mlp.gate";

    private static readonly ConfigDefaults Defaults = new() { KeyHeads = 4, Windows = WindowKeys.RefusedWhenSwitchedOn };

    /// <inheritdoc/>
    public override string ModelType => "qwen3_moe";

    /// <inheritdoc/>
    public override string Architecture => "Qwen3MoeForCausalLM";

    /// <inheritdoc/>
    public override JsonObject TinyConfig() => TinyConfigs.Of(
        this, ("num_experts", 4), ("num_experts_per_tok", 2), ("moe_intermediate_size", 12), ("norm_topk_prob", true), ("mlp_only_layers", new JsonArray(1)));

    /// <inheritdoc/>
    public override TargetConfig Read(ConfigObject config)
    {
        // transformers 5 writes the second name.
        var key = config.Has("num_experts") ? "num_experts" : "num_local_experts";
        var experts = config.Integer(key, 0, 1 << 16) ?? 128;
        var step = config.Integer("decoder_sparse_step", 1, 1 << 16) ?? 1;
        var dense = config.Ids("mlp_only_layers");
        var common = Defaults.Read(this, config);
        var withExperts = Enumerable.Range(0, common.Layers).Where(layer => experts > 0 && (layer + 1) % step is 0 && !dense.Contains(layer));
        return new ExpertsConfig(common with { HeadNorms = Qwen3.HeadNorms }, experts, [.. withExperts])
        {
            ExpertWidth = config.Integer("moe_intermediate_size", 1, 1 << 20) ?? 768,
            Routing = new(
                experts is 0 ? 1 : config.Integer("num_experts_per_tok", 1, experts) ?? Math.Min(8, experts),
                config.Flag("norm_topk_prob", whenMissing: false)),
        };
    }

    /// <inheritdoc/>
    public override IEnumerable<TargetWeight> WeightsOfLayer(TargetConfig config, int layer)
    {
        var form = (ExpertsConfig)config;
        if (!form.LayersWithExperts.Contains(layer))
        {
            return base.WeightsOfLayer(config, layer);
        }

        var others = base.WeightsOfLayer(config, layer).Where(weight => !weight.Name.StartsWith("mlp.", StringComparison.Ordinal));
        return [.. others, TargetWeight.Matrix(Gate, form.Experts, form.Width), .. Enumerable.Range(0, form.Experts).SelectMany(expert => WeightsOfExpert(form, expert))];
    }

    /// <inheritdoc/>
    public override IDecoderLayer Layer(TargetConfig config, int layer, LayerWeights weights)
    {
        var form = (ExpertsConfig)config;
        return form.LayersWithExperts.Contains(layer)
            ? StandardLayer.Build(config, layer, weights, new Experts(weights.Matrix(Gate), [.. Enumerable.Range(0, form.Experts).Select(expert => weights.Mlp(Name(expert)))], form.Routing))
            : base.Layer(config, layer, weights);
    }

    private static string Name(int expert) => $"mlp.experts.{expert}";

    /// <summary>Hub files have a tensor for each; transformers 5 writes all in two, the rows of the gate before those of the other half.</summary>
    private static IEnumerable<TargetWeight> WeightsOfExpert(ExpertsConfig form, int expert)
    {
        long[] inward = [form.Experts, 2L * form.ExpertWidth, form.Width];
        long[] outward = [form.Experts, form.Width, form.ExpertWidth];
        return StandardLayer.MlpWeights(Name(expert), form.Width, form.ExpertWidth).Zip(
            [
                new PackedWeight("mlp.experts.gate_up_proj", inward, expert, FirstRow: 0),
                new PackedWeight("mlp.experts.gate_up_proj", inward, expert, FirstRow: form.ExpertWidth),
                new PackedWeight("mlp.experts.down_proj", outward, expert, FirstRow: 0),
            ],
            (weight, packed) => weight with { Packed = packed });
    }

    /// <summary>A shape with experts.</summary>
    private sealed record ExpertsConfig : TargetConfig
    {
        [SetsRequiredMembers]
        public ExpertsConfig(TargetConfig common, int experts, IReadOnlyList<int> layersWithExperts)
            : base(common) => (Experts, LayersWithExperts) = (experts, layersWithExperts);

        public int Experts { get; }

        public IReadOnlyList<int> LayersWithExperts { get; }

        public int ExpertWidth { get; init; }

        public Routing Routing { get; init; }
    }
}
