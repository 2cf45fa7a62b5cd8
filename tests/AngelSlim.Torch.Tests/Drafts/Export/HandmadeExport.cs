using System.Buffers.Binary;
using System.Text.Json.Nodes;

namespace AngelSlim.Torch.Tests.Drafts.Export;

/// <summary>A small export written by hand from the servers' description, to be damaged: hidden 8, two heads of 4, one key head, 20 words of which 6.</summary>
internal sealed class HandmadeExport
{
    private const int Hidden = 8, Inner = 12, Words = 20, DraftWords = 6;

    public JsonObject Config { get; } = JsonNode.Parse("""
        {
          "architectures": ["LlamaForCausalLMEagle3"], "model_type": "llama", "torch_dtype": "float32",
          "vocab_size": 20, "draft_vocab_size": 6, "hidden_size": 8, "target_hidden_size": 8, "num_hidden_layers": 1,
          "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 4, "intermediate_size": 12,
          "hidden_act": "silu", "rms_norm_eps": 1e-5, "attention_bias": false, "mlp_bias": false,
          "tie_word_embeddings": false, "max_position_embeddings": 64, "rope_theta": 10000, "rope_scaling": null,
          "norm_before_residual": false, "norm_before_fc": false, "fc_norm": false, "norm_output": false,
          "num_aux_hidden_states": 3, "eagle_aux_hidden_state_layer_ids": [2, 4, 5],
          "eagle_config": { "use_aux_hidden_state": true, "eagle_aux_hidden_state_layer_ids": [1, 3, 4] },
          "bos_token_id": 1, "eos_token_id": 2
        }
        """)!.AsObject();

    public Dictionary<string, (string Type, long[] Shape, byte[] Data)> Tensors { get; } = new()
    {
        ["fc.weight"] = Float(Hidden, 3 * Hidden),
        ["norm.weight"] = Float(Hidden),
        ["lm_head.weight"] = Float(DraftWords, Hidden),
        ["midlayer.input_layernorm.weight"] = Float(Hidden),
        ["midlayer.hidden_norm.weight"] = Float(Hidden),
        ["midlayer.post_attention_layernorm.weight"] = Float(Hidden),
        ["midlayer.self_attn.q_proj.weight"] = Float(8, 2 * Hidden),
        ["midlayer.self_attn.k_proj.weight"] = Float(4, 2 * Hidden),
        ["midlayer.self_attn.v_proj.weight"] = Float(4, 2 * Hidden),
        ["midlayer.self_attn.o_proj.weight"] = Float(Hidden, 8),
        ["midlayer.mlp.gate_proj.weight"] = Float(Inner, Hidden),
        ["midlayer.mlp.up_proj.weight"] = Float(Inner, Hidden),
        ["midlayer.mlp.down_proj.weight"] = Float(Hidden, Inner),
        // Draft words 0 to 5 are the target words 0, 3, 4, 7, 12, 19.
        ["d2t"] = Offsets(0, 2, 2, 4, 8, 14),
        ["t2d"] = ("BOOL", [Words], [1, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1]),
    };

    public static (string Type, long[] Shape, byte[] Data) Float(params long[] shape)
    {
        var data = new byte[4 * shape.Aggregate(1L, (product, size) => product * size)];
        for (var i = 0; i < data.Length; i += 4)
        {
            BinaryPrimitives.WriteSingleLittleEndian(data.AsSpan(i), 0.5f);
        }

        return ("F32", shape, data);
    }

    public static (string Type, long[] Shape, byte[] Data) Offsets(params long[] offsets)
    {
        var data = new byte[8 * offsets.Length];
        for (var i = 0; i < offsets.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(data.AsSpan(8 * i), offsets[i]);
        }

        return ("I64", [offsets.Length], data);
    }

    /// <summary>Writes both files into a new folder.</summary>
    public string Write()
    {
        var folder = Directory.CreateTempSubdirectory("export-").FullName;
        File.WriteAllText(Path.Combine(folder, "config.json"), Config.ToJsonString());
        var header = new JsonObject();
        var offset = 0L;
        foreach (var (name, tensor) in Tensors)
        {
            header[name] = new JsonObject
            {
                ["dtype"] = tensor.Type,
                ["shape"] = new JsonArray([.. tensor.Shape.Select(size => (JsonNode)size)]),
                ["data_offsets"] = new JsonArray(offset, offset += tensor.Data.Length),
            };
        }

        var text = System.Text.Encoding.UTF8.GetBytes(header.ToJsonString());
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        using var file = File.Create(Path.Combine(folder, "model.safetensors"));
        file.Write(length);
        file.Write(text);
        foreach (var tensor in Tensors.Values)
        {
            file.Write(tensor.Data);
        }

        return folder;
    }
}
