using AngelSlim.Core.Manifests;
using AngelSlim.Testing;
using AngelSlim.Torch.Drafts.Export;
using Xunit;

namespace AngelSlim.Torch.Tests.Drafts.Export;

/// <summary>The damages that a real vLLM was seen to load without a word come first.</summary>
public sealed class An_export_check
{
    [Fact]
    public void Finds_nothing_in_a_right_export() => Assert.Empty(ExportCheck.Faults(new HandmadeExport().Write()));

    [Theory]
    [InlineData("midlayer.mlp.up_proj.weight")]
    [InlineData("midlayer.hidden_norm.weight")]
    [InlineData("lm_head.weight")]
    [InlineData("d2t")]
    [InlineData("t2d")]
    public void Names_a_tensor_that_is_missing(string name) => Finds($"{name} is missing", export => export.Tensors.Remove(name));

    [Fact]
    public void Names_both_sides_of_a_renamed_tensor()
    {
        var export = new HandmadeExport();
        export.Tensors["layers.0.mlp.up_proj.weight"] = export.Tensors["midlayer.mlp.up_proj.weight"];
        export.Tensors.Remove("midlayer.mlp.up_proj.weight");

        Assert.Equal(
            ["midlayer.mlp.up_proj.weight is missing", "layers.0.mlp.up_proj.weight is no tensor of an Eagle3 draft"],
            ExportCheck.Faults(export.Write()));
    }

    [Theory]
    [InlineData("embed_tokens.weight")]
    [InlineData("fc.bias")]
    [InlineData("input_norm.weight")]
    public void Names_a_tensor_too_many(string name) =>
        Finds($"{name} is no tensor of an Eagle3 draft", export => export.Tensors[name] = HandmadeExport.Float(8));

    [Fact]
    public void Names_a_wrong_type() =>
        Finds("d2t should be I64 but is F32", export => export.Tensors["d2t"] = HandmadeExport.Float(6));

    [Fact]
    public void Names_a_wrong_shape() =>
        Finds("fc.weight should have shape [8, 24] but has [24, 8]", export => export.Tensors["fc.weight"] = HandmadeExport.Float(24, 8));

    [Fact]
    public void Names_weights_in_another_type_than_the_config_says() =>
        Finds("fc.weight should be BF16 but is F32", export => export.Config["torch_dtype"] = "bfloat16");

    [Fact]
    public void Names_a_weight_that_is_no_number() =>
        Finds("norm.weight holds an infinity or no number at element 3", export => BitConverter.TryWriteBytes(export.Tensors["norm.weight"].Data.AsSpan(12), float.NaN));

    [Theory]
    [InlineData(1, -2L)] // word 1 would be -1
    [InlineData(5, 15L)] // word 5 would be 20 of 20
    [InlineData(2, 1L)] // words 1 and 2 would be the same
    [InlineData(3, long.MaxValue)]
    [InlineData(0, long.MinValue)]
    public void Names_the_draft_word_whose_offset_leads_nowhere(int word, long offset) =>
        Finds($"d2t[{word}] = {offset}", export => BitConverter.TryWriteBytes(export.Tensors["d2t"].Data.AsSpan(8 * word), offset));

    [Theory]
    [InlineData(12, 0, "t2d[12] should be true")]
    [InlineData(13, 1, "t2d should mark the 6 words of d2t and no other")]
    [InlineData(13, 2, "t2d should mark the 6 words of d2t and no other")]
    public void Names_a_map_that_contradicts_the_other(int word, byte flag, string message) =>
        Finds(message, export => export.Tensors["t2d"].Data[word] = flag);

    [Theory]
    [InlineData("tie_word_embeddings", "true")]
    [InlineData("norm_before_residual", "true")]
    [InlineData("attention_bias", "true")]
    [InlineData("num_hidden_layers", "2")]
    [InlineData("architectures", "[\"Eagle3LlamaForCausalLM\"]")]
    [InlineData("rope_theta", "0")]
    [InlineData("head_dim", "3")]
    [InlineData("hidden_size", "1.5")]
    [InlineData("draft_vocab_size", "21")]
    [InlineData("eagle_aux_hidden_state_layer_ids", "[4, 2, 5]")]
    [InlineData("eagle_aux_hidden_state_layer_ids", "[1, 3, 4]")]
    [InlineData("eagle_config", "{ \"use_aux_hidden_state\": true }")]
    [InlineData("rope_scaling", "{ \"type\": \"linear\", \"rope_type\": \"dynamic\" }")]
    [InlineData("rope_parameters", "{ \"rope_theta\": 100000 }")]
    [InlineData("logit_scale", "2")]
    public void Names_a_key_that_a_server_would_read_otherwise(string key, string value) =>
        Finds(key, export => export.Config[key] = System.Text.Json.Nodes.JsonNode.Parse(value));

    [Theory]
    [InlineData("norm_output")]
    [InlineData("draft_vocab_size")]
    [InlineData("eagle_aux_hidden_state_layer_ids")]
    public void Names_a_key_that_is_left_out(string key) => Finds($"config.json has no {key}", export => export.Config.Remove(key));

    [Fact]
    public void Asks_for_the_norms_that_the_config_switches_on()
    {
        var export = new HandmadeExport();
        export.Config["norm_before_fc"] = true;
        Assert.Equal(["input_norm.weight is missing"], ExportCheck.Faults(export.Write()));

        export.Tensors["input_norm.weight"] = HandmadeExport.Float(24);
        Assert.Empty(ExportCheck.Faults(export.Write()));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(100)]
    public void Refuses_a_file_that_was_cut(int bytes)
    {
        var folder = new HandmadeExport().Write();
        using (var file = File.OpenWrite(Path.Combine(folder, "model.safetensors")))
        {
            file.SetLength(bytes);
        }

        Assert.Contains("model.safetensors", Assert.Single(ExportCheck.Faults(folder)), StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_bytes_behind_the_last_tensor()
    {
        var folder = new HandmadeExport().Write();
        File.AppendAllText(Path.Combine(folder, "model.safetensors"), "x");
        Assert.Contains("its tensors end at", Assert.Single(ExportCheck.Faults(folder)), StringComparison.Ordinal);
    }

    [Fact]
    [Provokes(ProblemCode.BadDraft)]
    public void Puts_all_faults_into_one_error_with_the_folder()
    {
        var export = new HandmadeExport();
        export.Config["tie_word_embeddings"] = true;
        export.Config.Remove("norm_output");
        var folder = export.Write();
        var wrong = Assert.Throws<DataException>(() => ExportCheck.Verify(folder));

        Assert.Equal(ProblemCode.BadDraft, wrong.Problem.Code);
        Assert.Contains("tie_word_embeddings should be false", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("config.json has no norm_output", wrong.Message, StringComparison.Ordinal);
        Assert.StartsWith(folder, wrong.Message, StringComparison.Ordinal);
    }

    private static void Finds(string fault, Action<HandmadeExport> damage)
    {
        var export = new HandmadeExport();
        damage(export);
        Assert.Contains(ExportCheck.Faults(export.Write()), found => found.Contains(fault, StringComparison.Ordinal));
    }
}
