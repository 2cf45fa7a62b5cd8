using System.Text.Json;
using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text;
using AngelSlim.Torch.Layers;
using AngelSlim.Torch.Targets;

namespace AngelSlim.Torch.Drafts;

/// <summary>Reads and writes a draft's form in the spelling of its <c>config.json</c>.</summary>
internal static class DraftConfigFile
{
    private const string LayerIds = "eagle_aux_hidden_state_layer_ids";
    private const int Widest = 1 << 17;
    private const int MostWords = 1 << 24;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>Reads the file of a draft: ours, AngelSlim's, SpecForge's.</summary>
    /// <param name="path">A <c>config.json</c>.</param>
    /// <param name="usualLayers">The layers that every server takes when the file names none.</param>
    /// <exception cref="DataException">It is not sound, or asks for what a draft of ours does not compute.</exception>
    public static DraftConfig Read(string path, IReadOnlyList<int> usualLayers)
    {
        var config = ConfigObject.Read(path);
        RefuseWhatWouldBeComputedWrongly(config);
        var width = config.RequiredInteger("hidden_size", 1, Widest);
        var words = config.RequiredInteger("vocab_size", 1, MostWords);
        var heads = config.RequiredInteger("num_attention_heads", 1, 4096);
        var keyHeads = config.Integer("num_key_value_heads", 1, heads) ?? heads;
        if (heads % keyHeads != 0)
        {
            throw config.Refuse("num_key_value_heads", $"a divisor of num_attention_heads {heads}");
        }

        var channels = config.Integer("head_dim", 2, 4096) ?? width / heads;
        var positions = config.RequiredInteger("max_position_embeddings", 1, 1 << 30);
        return new()
        {
            Width = width,
            TargetWidth = config.Integer("target_hidden_size", 1, Widest) ?? width,
            Heads = heads,
            KeyHeads = keyHeads,
            HeadChannels = channels > 0 && channels % 2 == 0 ? channels : throw config.Refuse("head_dim", "an even number"),
            MlpWidth = config.RequiredInteger("intermediate_size", 1, 1 << 20),
            NormEpsilon = config.Number("rms_norm_eps", 0, 1) ?? 1e-6,
            TargetWords = words,
            DraftWords = config.Integer("draft_vocab_size", 1, words) ?? words,
            HiddenLayers = Layers(config, usualLayers),
            Rope = ReadRope(config, positions),
            MaxPositions = positions,
            NormBeforeFc = config.Flag("norm_before_fc", whenMissing: false),
            FcNorm = config.Flag("fc_norm", whenMissing: false),
            NormOutput = config.Flag("norm_output", whenMissing: false),
        };
    }

    /// <summary>Writes what <see cref="Read"/> reads.</summary>
    public static void Write(string path, DraftConfig config) => Write(path, Of(config));

    /// <summary>Writes a file that was made from <see cref="Of"/>.</summary>
    public static void Write(string path, JsonObject file) => File.WriteAllText(path, file.ToJsonString(Indented) + "\n");

    /// <summary>What <see cref="Read"/> reads; every switch is written out, since the defaults of its readers differ.</summary>
    public static JsonObject Of(DraftConfig config) => new()
    {
        ["architectures"] = new JsonArray("LlamaForCausalLMEagle3"),
        ["vocab_size"] = config.TargetWords,
        ["draft_vocab_size"] = config.DraftWords,
        ["hidden_size"] = config.Width,
        ["target_hidden_size"] = config.TargetWidth,
        ["num_hidden_layers"] = 1,
        ["num_attention_heads"] = config.Heads,
        ["num_key_value_heads"] = config.KeyHeads,
        ["head_dim"] = config.HeadChannels,
        ["intermediate_size"] = config.MlpWidth,
        ["rms_norm_eps"] = config.NormEpsilon,
        ["max_position_embeddings"] = config.MaxPositions,
        ["rope_theta"] = config.Rope.Theta,
        ["rope_scaling"] = Scaling(config.Rope),
        ["norm_before_residual"] = false,
        ["norm_before_fc"] = config.NormBeforeFc,
        ["fc_norm"] = config.FcNorm,
        ["norm_output"] = config.NormOutput,
        ["eagle_config"] = new JsonObject
        {
            ["use_aux_hidden_state"] = true,
            [LayerIds] = new JsonArray([.. config.HiddenLayers.Select(layer => JsonValue.Create(layer))]),
        },
    };

    /// <summary>Every server makes something else of a base that grows with the text.</summary>
    private static Rope ReadRope(ConfigObject config, int positions) => RopeReader.Read(config, positions, RopeKinds.WithAlpha) switch
    {
        DynamicRope => throw config.Refuse(config.Has("rope_scaling") ? "rope_scaling" : "rope_parameters", "default, linear, llama3, yarn, dynamic with alpha"),
        var rope => rope,
    };

    /// <summary>SGLang's list counts outputs from 0; vLLM's, at the top level, counts layers that have run.</summary>
    private static IReadOnlyList<int> Layers(ConfigObject config, IReadOnlyList<int> usual)
    {
        if (config.Object("eagle_config") is { } eagle && eagle.Has(LayerIds))
        {
            return eagle.Ids(LayerIds) is { Count: > 0 and <= 64 } ids ? ids : throw eagle.Refuse(LayerIds, "1 to 64 layers");
        }

        if (!config.Has(LayerIds))
        {
            return usual;
        }

        return config.Ids(LayerIds) is { Count: > 0 and <= 64 } counted && counted.All(id => id > 0)
            ? [.. counted.Select(id => id - 1)]
            : throw config.Refuse(LayerIds, "1 to 64 counts of layers, from 1 on");
    }

    private static void RefuseWhatWouldBeComputedWrongly(ConfigObject config)
    {
        foreach (var key in new[] { "norm_before_residual", "attention_bias", "mlp_bias" }.Where(key => config.Flag(key, whenMissing: false)))
        {
            throw config.Refuse(key, "false");
        }

        if (config.Integer("num_hidden_layers", 0, int.MaxValue) is not (null or 1))
        {
            throw config.Refuse("num_hidden_layers", "1");
        }

        if (config.Text("hidden_act") is not (null or "silu"))
        {
            throw config.Refuse("hidden_act", "silu");
        }
    }

    private static JsonObject? Scaling(Rope rope) => rope switch
    {
        PlainRope => null,
        LinearRope linear => new() { ["rope_type"] = "linear", ["factor"] = linear.Factor },
        AlphaRope alpha => new() { ["rope_type"] = "dynamic", ["alpha"] = alpha.Alpha, ["factor"] = 1.0 },
        Llama3Rope llama => new()
        {
            ["rope_type"] = "llama3",
            ["factor"] = llama.Factor,
            ["low_freq_factor"] = llama.LowFrequency,
            ["high_freq_factor"] = llama.HighFrequency,
            ["original_max_position_embeddings"] = llama.OriginalPositions,
        },
        YarnRope yarn => new()
        {
            ["rope_type"] = "yarn",
            ["factor"] = yarn.Factor,
            ["original_max_position_embeddings"] = yarn.OriginalPositions,
            ["attention_factor"] = yarn.Scaling,
            ["beta_fast"] = yarn.FastTurns,
            ["beta_slow"] = yarn.SlowTurns,
            ["truncate"] = yarn.WholePairs,
        },
        _ => throw new NotSupportedException($"A draft does not rotate as {rope}."),
    };
}
