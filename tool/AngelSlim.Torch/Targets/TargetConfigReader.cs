using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text;
using AngelSlim.Torch.Layers;

namespace AngelSlim.Torch.Targets;

/// <summary>Reads <c>config.json</c> as the reference implementation does, and refuses by name what we do not compute.</summary>
internal static class TargetConfigReader
{
    private const int Widest = 1 << 17;
    private const int MostLayers = 1000;

    /// <summary>The config of a checkpoint.</summary>
    /// <param name="folder">With <c>config.json</c>, and perhaps <c>generation_config.json</c>.</param>
    /// <exception cref="DataException">A file is not sound, or asks for what we do not support.</exception>
    public static TargetConfig Read(string folder)
    {
        var config = ConfigObject.Read(Path.Combine(folder, "config.json"));
        var parsed = Read(config);
        var (ids, file) = StopTokens.Find(folder);
        return ids.All(id => id < parsed.Vocabulary)
            ? parsed with { EndIds = ids }
            : throw ConfigObject.Read(file).Refuse("eos_token_id", $"ids below vocab_size {parsed.Vocabulary}");
    }

    /// <summary>The config itself, without end ids.</summary>
    public static TargetConfig Read(ConfigObject config)
    {
        var family = FindFamily(config);
        var maxPositions = config.RequiredInteger("max_position_embeddings", 1, 1 << 30);
        var layers = config.RequiredInteger("num_hidden_layers", 1, MostLayers);
        RefuseWhatWouldBeComputedWrongly(config, family, layers);
        var width = config.RequiredInteger("hidden_size", 1, Widest);
        return new TargetConfig
        {
            Family = family,
            Vocabulary = config.Vocabulary,
            Width = width,
            InnerWidth = config.RequiredInteger("intermediate_size", 1, 1 << 20),
            Layers = layers,
            Heads = ReadHeads(config, family, width),
            Rope = RopeReader.Read(config, maxPositions),
            MaxPositions = maxPositions,
            NormEpsilon = config.Number("rms_norm_eps", 0, 1) ?? 1e-6,
            TiedHead = config.Flag("tie_word_embeddings", whenMissing: false),
            AttentionBias = config.Flag("attention_bias", whenMissing: false),
            MlpBias = config.Flag("mlp_bias", whenMissing: false),
        };
    }

    private static TargetFamily FindFamily(ConfigObject config)
    {
        var architectures = config.Texts("architectures");
        var byArchitecture = architectures.Count > 0;
        var families = TargetCatalog.Families;
        return families.FirstOrDefault(family => byArchitecture ? architectures[0] == family.Architecture : config.Text("model_type") == family.ModelType)
            ?? throw config.Refuse(
                byArchitecture ? "architectures" : "model_type",
                string.Join(", ", families.Select(family => byArchitecture ? family.Architecture : family.ModelType)));
    }

    private static HeadShape ReadHeads(ConfigObject config, TargetFamily family, int width)
    {
        var heads = config.RequiredInteger("num_attention_heads", 1, 4096);
        var keyHeads = config.Integer("num_key_value_heads", 1, 4096) ?? family.KeyHeads ?? heads;
        if (heads % keyHeads is not 0)
        {
            throw config.Refuse("num_key_value_heads", $"a divisor of num_attention_heads {heads}");
        }

        var channels = config.Integer("head_dim", 2, 4096) ?? family.HeadChannels ?? width / heads;
        return channels % 2 is 0 && channels > 0
            ? new HeadShape(heads, keyHeads, channels)
            : throw config.Refuse("head_dim", $"an even number; without it hidden_size / num_attention_heads = {channels}");
    }

    private static void RefuseWhatWouldBeComputedWrongly(ConfigObject config, TargetFamily family, int layers)
    {
        if (config.Text("hidden_act") is not (null or "silu"))
        {
            throw config.Refuse("hidden_act", "silu");
        }

        foreach (var key in new[] { "use_cla", "rope_interleaved" }.Where(key => config.Flag(key, whenMissing: false)))
        {
            throw config.Refuse(key, "false");
        }

        if (config.Has("quantization_config"))
        {
            throw config.Refuse("quantization_config", "weights in float32, float16 or bfloat16");
        }

        RefuseWindow(config, family, layers);
    }

    private static void RefuseWindow(ConfigObject config, TargetFamily family, int layers)
    {
        if (config.Texts("layer_types").Any(type => type is not "full_attention"))
        {
            throw config.Refuse("layer_types", "full_attention only");
        }

        var inUse = config.Has("sliding_window") && config.Flag("use_sliding_window", whenMissing: !family.WindowNeedsSwitch);
        if (inUse && (config.Integer("max_window_layers", 0, MostLayers) ?? 0) < layers)
        {
            throw config.Refuse("sliding_window", "null, or use_sliding_window false");
        }
    }
}
