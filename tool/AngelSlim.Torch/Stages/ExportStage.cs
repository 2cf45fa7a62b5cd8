using System.Text.Json.Nodes;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Text;
using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Drafts.Export;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Stages;

/// <summary>A trained draft in the form that vLLM and SGLang load, read back before it counts as made.</summary>
internal sealed class ExportStage(TensorRuntime runtime) : TensorStage<ExportSettings, ExportInputs, ExportedDraft>("export", version: 3, runtime)
{
    /// <inheritdoc/>
    protected override Needs NeedsOf(ExportSettings settings, ExportInputs inputs) => new((2 * MemoryEstimate.Weights(inputs.Draft.Folder)) + MemoryEstimate.Rest);

    /// <inheritdoc/>
    protected override void Compute(ExportSettings settings, ExportInputs inputs, StageContext context)
    {
        var target = TargetConfigReader.Read(inputs.Target.Folder, TargetCatalog.For(inputs.Target));
        var targetFile = JsonNode.Parse(File.ReadAllText(Path.Combine(inputs.Target.Folder, "config.json")))!.AsObject();
        var words = DraftWordList.Read(inputs.Words.File);
        var (config, weights, vocabulary) = TrainedDraftFile.Read(inputs.Draft.Folder);
        using (vocabulary)
        {
            RefuseOtherWords(vocabulary, words, inputs.Draft);
            var exported = ExportedConfig.Of(config, target, targetFile, settings.Dtype);
            var tensors = Tensors(weights, vocabulary, settings.Dtype);
            DraftConfigFile.Write(Path.Combine(context.Output, "config.json"), exported);
            SafetensorsWriter.Write(Path.Combine(context.Output, "model.safetensors"), tensors);
            if (settings.Speculators)
            {
                SpeculatorsFolder.Write(context.Output, exported, tensors, (settings.TargetHubId ?? settings.TargetName, targetFile["architectures"]), settings.SpeculativeTokens);
            }
        }

        ExportedTexts.Write(context.Output, config, words, settings);
        ExportCheck.Verify(context.Output);
        if (settings.Speculators)
        {
            SpeculatorsFolder.Verify(context.Output);
        }
    }

    private static void RefuseOtherWords(DraftVocabulary vocabulary, DraftWordList words, TrainedDraft draft)
    {
        if (!vocabulary.Words.SequenceEqual(words.Words.Select(word => (long)word)))
        {
            throw new DataException(ProblemCode.BadDraft, "the draft was trained with other words than the vocabulary step now has; run train again.", new TextPlace(draft.Folder));
        }
    }

    /// <summary>The embedding is left out: servers share the target's, and SGLang would drop another.</summary>
    private static Dictionary<string, Tensor> Tensors(IReadOnlyDictionary<string, Tensor> weights, DraftVocabulary vocabulary, Dtype dtype)
    {
        var type = dtype is Dtype.Bfloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
        return new(weights.ToDictionary(pair => pair.Key, pair => pair.Value.to(type)))
        {
            ["d2t"] = vocabulary.Offsets(),
            ["t2d"] = vocabulary.Membership(),
        };
    }
}
