using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Drafts.Export;

/// <summary>The draft once more, in the form of the speculators library, which vLLM serves without being told the target.</summary>
/// <remarks>
/// What vLLM reads: <c>vllm/transformers_utils/configs/speculators/base.py</c> (the layer's config with what belongs to
/// Eagle3 beside it) and <c>speculators/models/eagle3/core.py</c> (names of the weights). Everything is taken from the plain
/// export, so the two cannot differ; <see cref="Verify"/> reads both back.
/// </remarks>
internal static class SpeculatorsFolder
{
    /// <summary>Its name in an export.</summary>
    public const string Name = "speculators";

    private const string Layer = "midlayer.";
    private const string FirstLayer = "layers.0.";
    private const string LayerIds = "eagle_aux_hidden_state_layer_ids";
    private const string ConfigName = "config.json";
    private const string WeightsName = "model.safetensors";

    // Of the draft, not of its layer; vLLM takes them from the top. The first has another default there than everywhere else.
    private static readonly string[] OfTheDraft = ["norm_before_residual", "norm_before_fc", "fc_norm", "norm_output", "draft_vocab_size", "target_hidden_size", LayerIds];

    // Told by the format itself, or meant for SGLang.
    private static readonly string[] OfThePlainForm = ["architectures", "eagle_config", "num_aux_hidden_states"];

    /// <summary>Writes the folder.</summary>
    /// <param name="export">Has the plain export.</param>
    /// <param name="config">The plain export's config.</param>
    /// <param name="tensors">The plain export's tensors.</param>
    /// <param name="verifier">The target: where a server finds it, and its architectures.</param>
    /// <param name="tokens">Speculative tokens that a server drafts if it is not told otherwise.</param>
    public static void Write(string export, JsonObject config, IReadOnlyDictionary<string, Tensor> tensors, (string NameOrPath, JsonNode? Architectures) verifier, int tokens)
    {
        var folder = Directory.CreateDirectory(Path.Combine(export, Name)).FullName;
        DraftConfigFile.Write(Path.Combine(folder, ConfigName), Config(config, verifier, tokens));
        SafetensorsWriter.Write(Path.Combine(folder, WeightsName), tensors.ToDictionary(pair => Renamed(pair.Key), pair => pair.Value));
    }

    /// <summary>Reads both forms back and compares them.</summary>
    /// <param name="export">Has both.</param>
    /// <exception cref="DataException">They are not the same draft.</exception>
    public static void Verify(string export)
    {
        var folder = Path.Combine(export, Name);
        var faults = new List<string>();
        using var plain = CheckedWeights.Open(Path.Combine(export, WeightsName), faults);
        using var other = CheckedWeights.Open(Path.Combine(folder, WeightsName), faults);
        if (plain is not null && other is not null)
        {
            faults.AddRange(plain.Tensors.Where(tensor => !plain.IsSame(tensor.Key, other, Renamed(tensor.Key))).Select(tensor => $"{Renamed(tensor.Key)} is not what {tensor.Key} is in the plain export"));
            faults.AddRange(other.Tensors.Keys.Except(plain.Tensors.Keys.Select(Renamed)).Select(name => $"{name} is no tensor of an Eagle3 draft"));
        }

        if (faults.Count > 0)
        {
            throw new DataException(ProblemCode.BadDraft, $"the draft in the speculators form differs from the plain one: {string.Join("; ", faults)}. Export it again.", new TextPlace(folder));
        }
    }

    private static JsonObject Config(JsonObject plain, (string NameOrPath, JsonNode? Architectures) verifier, int tokens)
    {
        var layer = plain.DeepClone().AsObject();
        var config = new JsonObject
        {
            ["architectures"] = new JsonArray("Eagle3DraftModel"),
            ["speculators_model_type"] = "eagle3",
            ["speculators_config"] = new JsonObject
            {
                ["algorithm"] = "eagle3",
                ["default_proposal_method"] = "greedy",
                ["proposal_methods"] = new JsonArray(new JsonObject { ["proposal_type"] = "greedy", ["speculative_tokens"] = tokens, ["verifier_accept_k"] = 1, ["accept_tolerance"] = 0.0 }),
                ["verifier"] = new JsonObject { ["name_or_path"] = verifier.NameOrPath, ["architectures"] = verifier.Architectures?.DeepClone() ?? new JsonArray() },
            },
            ["tie_word_embeddings"] = false,
            ["torch_dtype"] = plain["torch_dtype"]!.DeepClone(),
        };
        foreach (var key in OfTheDraft)
        {
            config[key] = plain[key]!.DeepClone();
            layer.Remove(key);
        }

        OfThePlainForm.ToList().ForEach(key => layer.Remove(key));
        config["transformer_layer_config"] = layer;
        return config;
    }

    private static string Renamed(string name) => name.StartsWith(Layer, StringComparison.Ordinal) ? FirstLayer + name[Layer.Length..] : name;
}
