using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text;
using AngelSlim.Torch.Layers;

namespace AngelSlim.Torch.Targets;

/// <summary>
/// Reads the keys that Llama's <c>config.json</c> has and most families share, as the reference implementation does, and
/// refuses by name what is not computed here. What a family takes for a missing key is in the properties.
/// </summary>
public sealed record ConfigDefaults
{
    private const int Widest = 1 << 17;
    private const int MostLayers = 1000;

    /// <summary>The head's channels when <c>head_dim</c> is missing; null: width divided by heads.</summary>
    public int? HeadChannels { get; init; }

    /// <summary>Key heads when <c>num_key_value_heads</c> is missing; null: as many as query heads.</summary>
    public int? KeyHeads { get; init; }

    /// <summary>When <c>rms_norm_eps</c> is missing.</summary>
    public double NormEpsilon { get; init; } = 1e-6;

    /// <summary>What <c>sliding_window</c> and the keys around it mean.</summary>
    public WindowKeys Windows { get; init; }

    /// <summary><c>alpha</c> of a rotation that is <c>dynamic</c> means a larger base at every length; else it is refused.</summary>
    public bool AlphaRope { get; init; }

    /// <summary>The shape that the file describes: a head's bias or norm that only some families have is not in it.</summary>
    /// <param name="family">Whose file it is.</param>
    /// <param name="config">The file.</param>
    /// <exception cref="DataException">A key is missing, of the wrong kind, or asks for what is not computed here.</exception>
    public TargetConfig Read(TargetFamily family, ConfigObject config)
    {
        RefuseWhatWouldBeComputedWrongly(config);
        var maxPositions = config.RequiredInteger("max_position_embeddings", 1, 1 << 30);
        var layers = config.RequiredInteger("num_hidden_layers", 1, MostLayers);
        var width = config.RequiredInteger("hidden_size", 1, Widest);
        return new TargetConfig
        {
            Family = family,
            Vocabulary = config.Vocabulary,
            Width = width,
            InnerWidth = config.RequiredInteger("intermediate_size", 1, 1 << 20),
            Layers = layers,
            Heads = ReadHeads(config, width),
            Rope = RopeReader.Read(config, maxPositions, AlphaRope ? RopeKinds.WithAlpha : RopeKinds.WithoutAlpha),
            MaxPositions = maxPositions,
            NormEpsilon = config.Number("rms_norm_eps", 0, 1) ?? NormEpsilon,
            TiedHead = config.Flag("tie_word_embeddings", whenMissing: false),
            AttentionBias = config.Flag("attention_bias", whenMissing: false) ? AttentionBias.All : AttentionBias.None,
            MlpBias = config.Flag("mlp_bias", whenMissing: false),
            Windows = WindowReader.Read(config, Windows, layers),
        };
    }

    private HeadShape ReadHeads(ConfigObject config, int width)
    {
        var heads = config.RequiredInteger("num_attention_heads", 1, 4096);
        var keyHeads = config.Integer("num_key_value_heads", 1, 4096) ?? (config.IsNull("num_key_value_heads") ? heads : KeyHeads ?? heads);
        if (heads % keyHeads is not 0)
        {
            throw config.Refuse("num_key_value_heads", $"a divisor of num_attention_heads {heads}");
        }

        var channels = config.Integer("head_dim", 2, 4096) ?? HeadChannels ?? width / heads;
        return channels % 2 is 0 && channels > 0
            ? new HeadShape(heads, keyHeads, channels)
            : throw config.Refuse("head_dim", $"an even number; without it hidden_size / num_attention_heads = {channels}");
    }

    private static void RefuseWhatWouldBeComputedWrongly(ConfigObject config)
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
    }
}
