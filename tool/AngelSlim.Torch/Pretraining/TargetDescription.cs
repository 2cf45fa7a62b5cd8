using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests.Settings;

namespace AngelSlim.Torch.Pretraining;

/// <summary>What a Hugging Face folder says of a pretrained target beside its weights: config, generation config, tokenizer config.</summary>
internal static class TargetDescription
{
    public const string EndOfText = "<|endoftext|>";
    public const string StartOfTurn = "<|im_start|>";
    public const string EndOfTurn = "<|im_end|>";

    /// <summary>Tokens that stand for themselves, in the order in which they follow the merged ones.</summary>
    public static IReadOnlyList<string> Specials { get; } = [EndOfText, StartOfTurn, EndOfTurn];

    /// <summary>Rows that the corpus makes are below 300 tokens; the rotary positions go on further.</summary>
    private const int Positions = 1024;

    /// <summary>ChatML, as Qwen: no system message of its own.</summary>
    private const string Template =
        "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}"
        + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    /// <summary><c>config.json</c>.</summary>
    /// <param name="settings">Sizes.</param>
    /// <param name="vocabulary">Rows of the embedding; the special tokens are the last of them.</param>
    public static JsonObject Config(PretrainSettings settings, int vocabulary) => new()
    {
        ["architectures"] = new JsonArray("Qwen3ForCausalLM"),
        ["model_type"] = "qwen3",
        ["torch_dtype"] = "bfloat16",
        ["vocab_size"] = vocabulary,
        ["hidden_size"] = settings.HiddenSize,
        ["intermediate_size"] = settings.IntermediateSize,
        ["num_hidden_layers"] = settings.Layers,
        ["num_attention_heads"] = settings.Heads,
        ["num_key_value_heads"] = settings.KeyHeads,
        ["head_dim"] = settings.HeadSize,
        ["hidden_act"] = "silu",
        ["rms_norm_eps"] = 1e-6,
        ["rope_theta"] = 10000.0,
        ["rope_scaling"] = null,
        ["max_position_embeddings"] = Positions,
        ["tie_word_embeddings"] = true,
        ["attention_bias"] = false,
        ["attention_dropout"] = 0.0,
        ["use_sliding_window"] = false,
        ["sliding_window"] = null,
        ["max_window_layers"] = settings.Layers,
        ["initializer_range"] = 0.02,
        ["use_cache"] = true,
        ["bos_token_id"] = null,
        ["eos_token_id"] = IdOf(EndOfTurn, vocabulary),
        ["pad_token_id"] = IdOf(EndOfText, vocabulary),
    };

    /// <summary><c>generation_config.json</c>: greedy, ends at the end of a turn.</summary>
    public static JsonObject Generation(int vocabulary) => new()
    {
        ["do_sample"] = false,
        ["eos_token_id"] = new JsonArray(IdOf(EndOfTurn, vocabulary), IdOf(EndOfText, vocabulary)),
        ["pad_token_id"] = IdOf(EndOfText, vocabulary),
    };

    /// <summary><c>tokenizer_config.json</c> with the chat template.</summary>
    public static JsonObject Tokenizer() => new()
    {
        ["tokenizer_class"] = "PreTrainedTokenizerFast",
        ["model_max_length"] = Positions,
        ["clean_up_tokenization_spaces"] = false,
        ["eos_token"] = EndOfTurn,
        ["pad_token"] = EndOfText,
        ["additional_special_tokens"] = new JsonArray(StartOfTurn, EndOfTurn),
        ["chat_template"] = Template,
    };

    private static int IdOf(string special, int vocabulary) => vocabulary - Specials.Count + Specials.ToList().IndexOf(special);
}
