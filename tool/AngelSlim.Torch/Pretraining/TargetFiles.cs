using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Pretraining;

/// <summary>Writes a pretrained target as an ordinary Hugging Face folder.</summary>
/// <param name="folder">Already there.</param>
internal sealed class TargetFiles(string folder)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Config, generation config and tokenizer config.</summary>
    /// <param name="settings">Sizes.</param>
    /// <param name="vocabulary">Tokens of the tokenizer beside them.</param>
    public void Describe(PretrainSettings settings, int vocabulary)
    {
        Write("config.json", TargetDescription.Config(settings, vocabulary));
        Write("generation_config.json", TargetDescription.Generation(vocabulary));
        Write("tokenizer_config.json", TargetDescription.Tokenizer());
    }

    /// <summary><c>model.safetensors</c> in bfloat16.</summary>
    public void WriteWeights(IReadOnlyDictionary<string, Tensor> weights)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        SafetensorsWriter.Write(
            Path.Combine(folder, "model.safetensors"),
            weights.ToDictionary(weight => weight.Key, weight => weight.Value.to(bfloat16)),
            new Dictionary<string, string> { ["format"] = "pt" });
    }

    /// <summary><c>train.jsonl</c>.</summary>
    public void WriteConversations(IEnumerable<JsonObject> rows) => WriteLines("train.jsonl", rows);

    /// <summary><c>prompts.jsonl</c>, in the form of the usual question files.</summary>
    public void WritePrompts(IReadOnlyList<CorpusConversation> prompts) => WriteLines("prompts.jsonl", prompts.Select((prompt, place) => new JsonObject
    {
        ["question_id"] = place + 1,
        ["category"] = prompt.Topic,
        ["turns"] = new JsonArray([.. prompt.Questions.Select(question => (JsonNode)question)]),
    }));

    /// <summary><c>README.md</c>, the model card.</summary>
    public void WriteCard(PretrainSettings settings, int vocabulary, Pretrainer pretrainer)
    {
        var parameters = pretrainer.Weights.Values.Sum(weight => weight.numel());
        var text = string.Create(CultureInfo.InvariantCulture, $$"""
            ---
            license: apache-2.0
            language: en
            pipeline_tag: text-generation
            ---
            # A small target for speculative decoding

            A Qwen3 chat model of {{parameters / 1e6:0.0}} million parameters, small enough to train, draft for and decode on a bare CPU.
            It was trained by the `pretrain` stage of `dotnet angelslim` on an endless synthetic corpus, and on nothing else:
            short stories, word problems with small numbers, JSON records, Python functions, facts about animals, guides and shop talk, all in English.
            It copies names, numbers and words from the question as a rule, its JSON can be read and its Python compiles; its arithmetic is often wrong.
            It knows nothing else, and is of no use but to try out tools.

            | | |
            |---|---|
            | layers, hidden, MLP | {{settings.Layers}}, {{settings.HiddenSize}}, {{settings.IntermediateSize}} |
            | heads, key heads, head size | {{settings.Heads}}, {{settings.KeyHeads}}, {{settings.HeadSize}} |
            | vocabulary | {{vocabulary}}, byte-level BPE, trained on the corpus |
            | training | {{settings.Steps}} steps of {{settings.BatchRows}} conversations, AdamW, peak rate {{settings.LearningRate}}, float32, seed {{settings.Seed}} |
            | loss at the end | {{pretrainer.Loss:0.000}} nats a token, answers only |
            | weights | bfloat16 |

            Made by `dotnet angelslim run` on a manifest whose `target.pretrain` has the settings above (the built-in `tiny-text`:
            `experiments/builtin/tiny-text.json`); this folder is the result of the `pretrain` step, as it is. With the same settings, one
            thread and the same kind of processor it comes out the same, byte for byte.

            - `train.jsonl`: {{settings.Conversations}} conversations that this model answered itself, greedily, from these weights in float32, with the ids of every token it wrote.
            - `prompts.jsonl`: {{settings.Prompts}} prompts, none of which is in `train.jsonl`.

            """);
        File.WriteAllText(Path.Combine(folder, "README.md"), text.ReplaceLineEndings("\n"));
    }

    private void Write(string name, JsonObject content) =>
        File.WriteAllText(Path.Combine(folder, name), content.ToJsonString(Indented) + "\n");

    private void WriteLines(string name, IEnumerable<JsonObject> rows) =>
        File.WriteAllText(Path.Combine(folder, name), string.Concat(rows.Select(row => row.ToJsonString(OneLine) + "\n")));
}
