using System.Globalization;
using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests;
using AngelSlim.Testing;
using AngelSlim.Torch.Layers;
using AngelSlim.Torch.Targets;
using Xunit;

namespace AngelSlim.Torch.Tests.Targets;

public sealed class A_target_config
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    [Fact]
    public void Takes_what_is_missing_from_the_family()
    {
        var llama = Read("""{"num_key_value_heads":null}""");
        Assert.Equal(new HeadShape(4, 4, 8), llama.Heads);
        Assert.Equal(new PlainRope(10000), llama.Rope);
        Assert.False(llama.TiedHead || llama.AttentionBias is not AttentionBias.None || llama.MlpBias);
        Assert.Equal(1e-6, llama.NormEpsilon);

        var qwen3 = Read("""{"architectures":["Qwen3ForCausalLM"],"num_attention_heads":32}""");
        Assert.Equal(new HeadShape(32, 32, 128), qwen3.Heads);
    }

    /// <summary>What the classes of the reference say where a file is silent; null is not silence for key heads.</summary>
    [Theory]
    [InlineData("Qwen2ForCausalLM", """{"num_attention_heads":32,"hidden_size":64}""", 32, 2, 1e-6)]
    [InlineData("Qwen2ForCausalLM", """{"num_attention_heads":8,"num_key_value_heads":null}""", 8, 4, 1e-6)]
    [InlineData("Qwen3MoeForCausalLM", """{"num_attention_heads":8}""", 4, 4, 1e-6)]
    [InlineData("HunYuanDenseV1ForCausalLM", """{"attention_head_dim":6}""", 4, 6, 1e-5)]
    public void Takes_what_is_missing_as_the_reference_s_class_does(string architecture, string changes, int keyHeads, int channels, double epsilon)
    {
        var with = JsonNode.Parse(changes)!.AsObject();
        with["architectures"] = new JsonArray(architecture);
        var config = Read(with.ToJsonString());
        Assert.Equal((keyHeads, channels, epsilon), (config.Heads.KeyHeads, config.Heads.Channels, config.NormEpsilon));
    }

    [Theory]
    [InlineData("""{"sliding_window":8,"max_window_layers":2}""", "")]
    [InlineData("""{"use_sliding_window":true,"sliding_window":8,"max_window_layers":2}""", "- - 8 8")]
    [InlineData("""{"use_sliding_window":true,"sliding_window":8,"max_window_layers":4}""", "")]
    [InlineData("""{"use_sliding_window":true,"max_window_layers":3}""", "- - - 4096")]
    [InlineData("""{"use_sliding_window":true,"sliding_window":8}""", "")]
    [InlineData("""{"use_sliding_window":true,"sliding_window":8,"max_window_layers":2,"layer_types":["sliding_attention","full_attention","full_attention","sliding_attention"]}""", "8 - - 8")]
    public void Has_windows_from_a_layer_on_or_where_it_names_them(string changes, string windows)
    {
        foreach (var architecture in new[] { "Qwen2ForCausalLM", "Qwen3ForCausalLM" })
        {
            var with = JsonNode.Parse(changes)!.AsObject();
            (with["architectures"], with["num_key_value_heads"]) = (new JsonArray(architecture), 2);
            Assert.Equal(windows, string.Join(' ', Read(with.ToJsonString()).Windows.Select(window => window?.ToString(CultureInfo.InvariantCulture) ?? "-")));
        }
    }

    [Theory]
    [InlineData("""{"rope_scaling":{"type":"dynamic","factor":2}}""", 2)]
    [InlineData("""{"rope_parameters":{"rope_type":"dynamic","factor":2.5,"rope_theta":10000}}""", 2.5)]
    public void Reads_a_rotation_that_grows_in_both_spellings(string changes, double factor) =>
        Assert.Equal(new DynamicRope(10000, factor, 64), Read(changes).Rope);

    [Fact]
    public void Is_found_by_model_type_when_it_names_no_architecture() =>
        Assert.Equal("Qwen3ForCausalLM", Read("""{"architectures":null,"model_type":"qwen3","num_attention_heads":32}""").Family.Architecture);

    [Theory]
    [InlineData("""{"rope_theta":5}""", 5)]
    [InlineData("""{"rope_parameters":{"rope_theta":6}}""", 6)]
    [InlineData("""{"rope_theta":5,"rope_parameters":{"rope_theta":6}}""", 6)]
    [InlineData("""{"rope_scaling":{"rope_theta":7},"rope_parameters":{"rope_theta":6}}""", 7)]
    [InlineData("""{"rope_theta":5,"rope_scaling":{"rope_type":"default","type":"linear"}}""", 5)]
    [InlineData("""{"rope_scaling":{},"rope_parameters":{"rope_theta":6}}""", 6)]
    public void Reads_the_base_of_its_rotation_where_the_reference_does(string changes, double theta) =>
        Assert.Equal(new PlainRope(theta), Read(changes).Rope);

    [Fact]
    public void Takes_end_ids_from_the_generation_config_first()
    {
        Assert.Equal([3], Read("""{"eos_token_id":3}""").EndIds);
        File.WriteAllText(Path.Combine(_folder, "generation_config.json"), """{"eos_token_id":[5,6]}""");
        Assert.Equal([5, 6], Read("""{"eos_token_id":3}""").EndIds);
        File.WriteAllText(Path.Combine(_folder, "generation_config.json"), """{"eos_token_id":[]}""");
        Assert.Equal([3], Read("""{"eos_token_id":3}""").EndIds);
        File.WriteAllText(Path.Combine(_folder, "generation_config.json"), """{"temperature":1}""");
        Assert.Equal([3], Read("""{"eos_token_id":3}""").EndIds);
    }

    [Theory]
    [InlineData("""{"architectures":["GptNeoForCausalLM"]}""", "'architectures' is [\"GptNeoForCausalLM\"]; supported: LlamaForCausalLM, Qwen3ForCausalLM, Qwen2ForCausalLM, Qwen3MoeForCausalLM, HunYuanDenseV1ForCausalLM")]
    [InlineData("""{"architectures":null,"model_type":"gpt"}""", "'model_type' is \"gpt\"; supported: llama, qwen3, qwen2, qwen3_moe, hunyuan_v1_dense")]
    [InlineData("""{"architectures":[1]}""", "a list of texts")]
    [InlineData("""{"hidden_act":"gelu"}""", "'hidden_act' is \"gelu\"; supported: silu")]
    [InlineData("""{"use_cla":true}""", "'use_cla' is true")]
    [InlineData("""{"rope_interleaved":true}""", "'rope_interleaved'")]
    [InlineData("""{"quantization_config":{"bits":4}}""", "'quantization_config'")]
    [InlineData("""{"sliding_window":8}""", "'sliding_window' is 8")]
    [InlineData("""{"layer_types":["full_attention","sliding_attention"]}""", "'layer_types' is [\"full_attention\",\"sliding_attention\"]; supported: 4 of full_attention and sliding_attention, one a layer")]
    [InlineData("""{"layer_types":["full_attention","full_attention","full_attention","chunked_attention"]}""", "'layer_types'")]
    [InlineData("""{"layer_types":["full_attention","full_attention","full_attention","sliding_attention"]}""", "full_attention only, unless use_sliding_window is true")]
    [InlineData("""{"architectures":["Qwen3MoeForCausalLM"],"sliding_window":8,"use_sliding_window":true}""", "'sliding_window' is 8; supported: null, or use_sliding_window false")]
    [InlineData("""{"architectures":["Qwen2ForCausalLM"],"num_key_value_heads":2,"sliding_window":0,"use_sliding_window":true}""", "'sliding_window' is 0")]
    [InlineData("""{"architectures":["Qwen2ForCausalLM"],"num_attention_heads":32,"attention_bias":true}""", "'attention_bias' is true; supported: false: here query, key and value have biases")]
    [InlineData("""{"architectures":["Qwen3MoeForCausalLM"],"num_experts":4,"num_experts_per_tok":5}""", "'num_experts_per_tok' is 5; supported: a whole number from 1 to 4")]
    [InlineData("""{"architectures":["Qwen3MoeForCausalLM"],"decoder_sparse_step":0}""", "'decoder_sparse_step' is 0")]
    [InlineData("""{"architectures":["Qwen3MoeForCausalLM"],"norm_topk_prob":1}""", "'norm_topk_prob' is 1; supported: true or false")]
    [InlineData("""{"architectures":["HunYuanDenseV1ForCausalLM"]}""", "'head_dim' is missing; supported: an even number")]
    [InlineData("""{"architectures":["HunYuanDenseV1ForCausalLM"],"head_dim":8,"use_qk_norm":false}""", "'use_qk_norm' is false; supported: true")]
    [InlineData("""{"rope_scaling":{"type":"dynamic"}}""", "'rope_scaling.factor' is missing")]
    [InlineData("""{"rope_scaling":{"type":"dynamic","alpha":1000,"factor":1}}""", "'rope_scaling.alpha' is 1000; supported: none in this family")]
    [InlineData("""{"rope_parameters":{"rope_type":"su"}}""", "'rope_parameters.rope_type' is \"su\"")]
    [InlineData("""{"rope_scaling":{"type":"longrope"}}""", "'rope_scaling.type' is \"longrope\"; supported: default, linear, dynamic, llama3, yarn")]
    [InlineData("""{"rope_scaling":{"rope_type":"linear"}}""", "'rope_scaling.factor'")]
    [InlineData("""{"rope_scaling":{"rope_type":"linear","factor":0}}""", "'rope_scaling.factor'")]
    [InlineData("""{"rope_scaling":{"rope_type":"llama3","factor":8,"low_freq_factor":4,"high_freq_factor":4}}""", "more than low_freq_factor")]
    [InlineData("""{"partial_rotary_factor":0.5}""", "'partial_rotary_factor'")]
    [InlineData("""{"num_key_value_heads":3}""", "a divisor of num_attention_heads 4")]
    [InlineData("""{"head_dim":5}""", "an even number")]
    [InlineData("""{"hidden_size":null}""", "'hidden_size' expected")]
    [InlineData("""{"hidden_size":"32"}""", "a whole number")]
    [InlineData("""{"hidden_size":99999999999}""", "a whole number")]
    [InlineData("""{"hidden_size":32.5}""", "a whole number")]
    [InlineData("""{"num_hidden_layers":0}""", "a whole number from 1")]
    [InlineData("""{"vocab_size":-1}""", "a whole number from 1")]
    [InlineData("""{"tie_word_embeddings":"yes"}""", "true or false")]
    [InlineData("""{"eos_token_id":320}""", "ids below vocab_size 320")]
    [InlineData("""{"eos_token_id":[1,"a"]}""", "an id or a list of ids")]
    public void Is_refused_by_key_value_and_what_is_supported(string changes, string message)
    {
        var wrong = Assert.Throws<DataException>(() => Read(changes));
        Assert.Equal(ProblemCode.BadConfig, wrong.Problem.Code);
        Assert.Contains(message, wrong.Message, StringComparison.Ordinal);
        Assert.StartsWith(Path.Combine(_folder, "config.json"), wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"vocab_size":1,"vocab_size":2}""")]
    [InlineData("""{"vocab_size":NaN}""")]
    [InlineData("""{"architectures":["\ud800"]}""")]
    [InlineData("""{"model_type":"\ud800"}""")]
    [InlineData("""{"\ud800":1,"\ud801":2}""")]
    [Provokes(ProblemCode.BadConfig)]
    public void Is_refused_when_it_is_not_one_sound_object(string text)
    {
        File.WriteAllText(Path.Combine(_folder, "config.json"), text);
        Assert.Equal(ProblemCode.BadConfig, Assert.Throws<DataException>(() => TargetConfigReader.Read(_folder)).Problem.Code);
    }

    [Fact]
    public void Is_missed_by_name() =>
        Assert.Contains("config.json", Assert.Throws<DataException>(() => TargetConfigReader.Read(_folder)).Message, StringComparison.Ordinal);

    /// <summary>A window that is in the file but off is as good as none.</summary>
    [Fact]
    public void Ignores_a_window_that_is_off() =>
        Assert.Equal(4, Read("""{"architectures":["Qwen3ForCausalLM"],"num_attention_heads":32,"sliding_window":8,"use_sliding_window":false}""").Layers);

    /// <summary>A thousand configs with one to four changed bytes (seed 1): each is read or refused by name.</summary>
    [Fact]
    public void Survives_a_thousand_damages()
    {
        _ = Read("""{"rope_scaling":{"rope_type":"llama3","factor":8,"low_freq_factor":1,"high_freq_factor":4},"eos_token_id":[1,2],"layer_types":["full_attention","full_attention","full_attention","full_attention"]}""");
        var path = Path.Combine(_folder, "config.json");
        var good = File.ReadAllBytes(path);
        var random = new Random(1);
        var read = 0;
        for (var i = 0; i < 1000; i++)
        {
            var bad = good[..];
            for (var change = random.Next(1, 5); change > 0; change--)
            {
                bad[random.Next(bad.Length)] = random.Next(2) is 0 ? (byte)random.Next(256) : (byte)"0123456789[]{},:\"\\u"[random.Next(19)];
            }

            File.WriteAllBytes(path, bad);
            try
            {
                _ = TargetConfigReader.Read(_folder);
                read++;
            }
            catch (DataException wrong)
            {
                Assert.StartsWith(path, wrong.Message, StringComparison.Ordinal);
            }
        }

        Assert.InRange(read, 10, 900);
    }

    private TargetConfig Read(string changes)
    {
        var config = JsonNode.Parse("""
            {"architectures":["LlamaForCausalLM"],"vocab_size":320,"hidden_size":32,"intermediate_size":48,"num_hidden_layers":4,
             "num_attention_heads":4,"max_position_embeddings":64}
            """)!.AsObject();
        foreach (var (key, value) in JsonNode.Parse(changes)!.AsObject())
        {
            config[key] = value?.DeepClone();
        }

        File.WriteAllText(Path.Combine(_folder, "config.json"), config.ToJsonString());
        return TargetConfigReader.Read(_folder);
    }
}
