using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Torch.Layers;
using AngelSlim.Torch.Targets;

namespace AngelSlim.Torch.Drafts.Export;

/// <summary><c>config.json</c> of a draft as vLLM 0.32 and SGLang read it: the draft's own file, and what only servers ask for.</summary>
internal static class ExportedConfig
{
    /// <summary>The whole file.</summary>
    /// <param name="draft">The draft's form.</param>
    /// <param name="target">The target's form.</param>
    /// <param name="targetFile">The target's own <c>config.json</c>: its rotary settings and special ids are handed on as they stand.</param>
    /// <param name="dtype">Of the exported weights.</param>
    public static JsonObject Of(DraftConfig draft, TargetConfig target, JsonObject targetFile, Dtype dtype)
    {
        var config = DraftConfigFile.Of(draft);
        config["model_type"] = "llama";
        config["torch_dtype"] = dtype is Dtype.Bfloat16 ? "bfloat16" : "float32";
        config["hidden_act"] = "silu";
        config["attention_bias"] = false;
        config["mlp_bias"] = false;

        // The head has the draft's words, the embedding the target's: SGLang would take one for the other.
        config["tie_word_embeddings"] = false;
        config["num_aux_hidden_states"] = draft.HiddenLayers.Count;

        // vLLM reads the top level and counts layers that have run; SGLang reads eagle_config and counts outputs from 0.
        config["eagle_aux_hidden_state_layer_ids"] = new JsonArray([.. draft.HiddenLayers.Select(layer => JsonValue.Create(layer + 1))]);
        config["bos_token_id"] = targetFile["bos_token_id"]?.DeepClone();
        config["eos_token_id"] = targetFile["eos_token_id"]?.DeepClone();

        // In the target's own words where the draft rotates as its target: a server then makes the same of both.
        if (draft.Rope is not PlainRope && draft.Rope == target.Rope)
        {
            config["rope_scaling"] = Scaling(targetFile);
        }

        return config;
    }

    /// <summary>Old spelling (<c>rope_scaling</c>) or new (<c>rope_parameters</c>); the base stands beside it in an export.</summary>
    private static JsonObject Scaling(JsonObject targetFile)
    {
        var settings = (targetFile["rope_scaling"] as JsonObject is { Count: > 0 } old ? old : targetFile["rope_parameters"]!.AsObject()).DeepClone().AsObject();
        settings.Remove("rope_theta");
        return settings;
    }
}
