using System.Text.Json;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Torch.Drafts.Export;

/// <summary>The sizes that <c>config.json</c> of an export states, once all of its keys have been found right.</summary>
/// <remarks>
/// Strict: a key that is not listed here is a fault, because some server may read it (<c>rope_parameters</c> would win over
/// <c>rope_theta</c>, <c>logit_scale</c> would scale), and so is a key that is left out, because the servers' defaults differ.
/// </remarks>
internal sealed class CheckedConfig
{
    private const int LargestFile = 1 << 20;
    private const long LargestSize = 1 << 24;

    private readonly HashSet<string> _read = new(StringComparer.Ordinal);
    private readonly JsonElement _root;
    private readonly List<string> _faults;

    private CheckedConfig(JsonElement root, List<string> faults)
    {
        (_root, _faults) = (root, faults);
        HiddenSize = Size("hidden_size");
        TargetHiddenSize = Size("target_hidden_size");
        IntermediateSize = Size("intermediate_size");
        Heads = Size("num_attention_heads");
        KeyHeads = Size("num_key_value_heads");
        HeadSize = Size("head_dim");
        Vocabulary = Size("vocab_size");
        DraftVocabulary = Size("draft_vocab_size");
        AuxiliaryStates = Size("num_aux_hidden_states");
        NormBeforeFc = Flag("norm_before_fc");
        FcNorm = Flag("fc_norm");
        _ = Flag("norm_output");
        FloatType = Text("torch_dtype", "float32", "bfloat16") is "bfloat16" ? "BF16" : "F32";
    }

    public long HiddenSize { get; }

    public long TargetHiddenSize { get; }

    public long IntermediateSize { get; }

    public long Heads { get; }

    public long KeyHeads { get; }

    public long HeadSize { get; }

    public long Vocabulary { get; }

    public long DraftVocabulary { get; }

    public long AuxiliaryStates { get; }

    public bool NormBeforeFc { get; }

    public bool FcNorm { get; }

    /// <summary>The name that safetensors has for <c>torch_dtype</c>.</summary>
    public string FloatType { get; }

    /// <summary>Reads and judges the file.</summary>
    /// <returns>Null when a fault was found: sizes that are wrong say nothing about tensors.</returns>
    public static CheckedConfig? Read(string path, List<string> faults)
    {
        if (!File.Exists(path))
        {
            faults.Add("config.json is missing");
            return null;
        }

        using var file = File.OpenRead(path);
        if (file.Length > LargestFile)
        {
            faults.Add($"config.json is larger than {LargestFile} bytes");
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(file, new JsonDocumentOptions { MaxDepth = 16, AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind is not JsonValueKind.Object)
            {
                faults.Add("config.json should hold one object");
                return null;
            }

            var before = faults.Count;
            var config = new CheckedConfig(document.RootElement, faults);
            config.CheckSwitches();
            config.CheckSizes();
            config.CheckLayers();
            config.CheckRope();
            config.CheckUnknown();
            return faults.Count == before ? config : null;
        }
        catch (JsonException problem)
        {
            faults.Add($"config.json is not JSON: {problem.Reason()}");
            return null;
        }
    }

    private void CheckSwitches()
    {
        // The one dense name that both servers know, exactly once.
        var named = Get("architectures") is { ValueKind: JsonValueKind.Array } names && names.GetArrayLength() is 1
            && names[0] is { ValueKind: JsonValueKind.String } name && name.ValueEquals("LlamaForCausalLMEagle3");
        Expect(named, "architectures should be [\"LlamaForCausalLMEagle3\"]");
        _ = Text("model_type", "llama");
        _ = Text("hidden_act", "silu");
        Expect(Size("num_hidden_layers") is 1, "num_hidden_layers should be 1: the servers disagree about further layers");
        foreach (var key in (string[])["attention_bias", "mlp_bias", "tie_word_embeddings", "norm_before_residual"])
        {
            Expect(!Flag(key), $"{key} should be false");
        }

        Expect(!(NormBeforeFc && FcNorm), "norm_before_fc and fc_norm should not both be true");
        Expect(Number("rms_norm_eps") is > 0 and < 1, "rms_norm_eps should lie between 0 and 1");
        foreach (var key in (string[])["bos_token_id", "eos_token_id"])
        {
            Expect(Get(key) is { ValueKind: JsonValueKind.Number or JsonValueKind.Array or JsonValueKind.Null }, $"{key} should be the target's");
        }
    }

    private void CheckSizes()
    {
        Expect(HiddenSize == TargetHiddenSize, $"hidden_size {HiddenSize} should equal target_hidden_size {TargetHiddenSize}: the draft reads the target's embedding");
        Expect(KeyHeads > 0 && Heads % KeyHeads == 0, $"num_attention_heads {Heads} should be a multiple of num_key_value_heads {KeyHeads}");
        Expect(HeadSize % 2 == 0, $"head_dim {HeadSize} should be even");
        Expect(DraftVocabulary <= Vocabulary, $"draft_vocab_size {DraftVocabulary} should not exceed vocab_size {Vocabulary}");
        _ = Size("max_position_embeddings");
    }

    /// <summary>vLLM counts layers run so far and reads the top level; SGLang counts outputs from 0 and reads <c>eagle_config</c>.</summary>
    private void CheckLayers()
    {
        const string Key = "eagle_aux_hidden_state_layer_ids";
        var top = Ids(Get(Key));
        var eagle = Get("eagle_config") is { ValueKind: JsonValueKind.Object } found ? found : default;
        var inner = eagle.ValueKind is JsonValueKind.Object && eagle.TryGetProperty(Key, out var ids) ? Ids(ids) : null;
        Expect(top is not null && top.Count == AuxiliaryStates && IsAscending(top), $"{Key} should be {AuxiliaryStates} ascending layers from 1 on");
        Expect(top is not null && inner is not null && inner.SequenceEqual(top.Select(id => id - 1)), $"eagle_config.{Key} should be one lower than {Key}");
        Expect(
            eagle.ValueKind is JsonValueKind.Object && eagle.TryGetProperty("use_aux_hidden_state", out var use) && use.ValueKind is JsonValueKind.True,
            "eagle_config.use_aux_hidden_state should be true");
        Expect(eagle.ValueKind is JsonValueKind.Object && eagle.EnumerateObject().Count() is 2, "eagle_config should hold these two keys only");
    }

    private static bool IsAscending(List<long> ids) => ids is [>= 1, ..] && ids.Zip(ids.Skip(1)).All(pair => pair.First < pair.Second);

    private static List<long>? Ids(JsonElement? element) =>
        element is { ValueKind: JsonValueKind.Array } array && array.EnumerateArray().All(id => id.ValueKind is JsonValueKind.Number && id.TryGetInt64(out _))
            ? [.. array.EnumerateArray().Select(id => id.GetInt64())]
            : null;

    private void CheckRope()
    {
        Expect(Number("rope_theta") is > 0 and < double.PositiveInfinity, "rope_theta should be positive");
        var scaling = Get("rope_scaling");
        Expect(scaling is { ValueKind: JsonValueKind.Null or JsonValueKind.Object }, "rope_scaling should be null or the target's");
        if (scaling is { ValueKind: JsonValueKind.Object } rope && rope.TryGetProperty("type", out var old) && rope.TryGetProperty("rope_type", out var kind))
        {
            Expect(old.ToString() == kind.ToString(), $"rope_scaling.type {old} and rope_scaling.rope_type {kind} should agree");
        }
    }

    private void CheckUnknown()
    {
        foreach (var key in _root.EnumerateObject().Select(member => member.Name).Where(name => !_read.Contains(name)).Order(StringComparer.Ordinal))
        {
            _faults.Add($"config.json has a key {key} that an export does not have; a server may read it");
        }
    }

    private void Expect(bool holds, string otherwise)
    {
        if (!holds)
        {
            _faults.Add(otherwise);
        }
    }

    private JsonElement? Get(string key)
    {
        _read.Add(key);
        if (_root.TryGetProperty(key, out var value))
        {
            return value;
        }

        _faults.Add($"config.json has no {key}");
        return null;
    }

    private long Size(string key)
    {
        var size = Get(key) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : 0;
        Expect(size is > 0 and <= LargestSize, $"{key} should be a whole number from 1 to {LargestSize}");
        return size;
    }

    private bool Flag(string key)
    {
        var value = Get(key);
        Expect(value is { ValueKind: JsonValueKind.True or JsonValueKind.False }, $"{key} should be true or false");
        return value is { ValueKind: JsonValueKind.True };
    }

    private double? Number(string key) => Get(key) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : null;

    private string? Text(string key, params string[] allowed)
    {
        var text = Get(key) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
        Expect(text is not null && allowed.Contains(text), $"{key} should be {string.Join(" or ", allowed)}");
        return text;
    }
}
