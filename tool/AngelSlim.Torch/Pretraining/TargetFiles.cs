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
        WriteConfig(TargetDescription.Config(settings, vocabulary));
        Write("generation_config.json", TargetDescription.Generation(vocabulary));
        Write("tokenizer_config.json", TargetDescription.Tokenizer());
    }

    /// <summary><c>config.json</c>.</summary>
    public void WriteConfig(JsonObject config) => Write("config.json", config);

    /// <summary><c>model.safetensors</c>.</summary>
    /// <param name="weights">By the names that a checkpoint gives them.</param>
    /// <param name="type">Of the file.</param>
    public void WriteWeights(IReadOnlyDictionary<string, Tensor> weights, ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        SafetensorsWriter.Write(
            Path.Combine(folder, "model.safetensors"),
            weights.ToDictionary(weight => weight.Key, weight => weight.Value.to(type)),
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
    public void WriteCard(TargetCard card) => File.WriteAllText(Path.Combine(folder, "README.md"), card.Text);

    private void Write(string name, JsonObject content) =>
        File.WriteAllText(Path.Combine(folder, name), content.ToJsonString(Indented) + "\n");

    private void WriteLines(string name, IEnumerable<JsonObject> rows) =>
        File.WriteAllText(Path.Combine(folder, name), string.Concat(rows.Select(row => row.ToJsonString(OneLine) + "\n")));
}
