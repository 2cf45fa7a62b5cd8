using AngelSlim.Core.Manifests;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Drafts.Export;

/// <summary>Loads a draft from a folder in the servers' form, as a server would: what is left out has the servers' default.</summary>
internal static class DraftFolder
{
    /// <summary>A frozen draft for this target, in the target's type.</summary>
    /// <param name="folder">Holds <c>config.json</c> and <c>model.safetensors</c>; judged by <see cref="ExportCheck"/> where it is our own.</param>
    /// <param name="target">Lends its embedding, and must outlive the draft.</param>
    /// <exception cref="DataException">It is not sound, or was made for another target.</exception>
    public static Eagle3Draft Load(string folder, TargetModel target)
    {
        var config = DraftConfigFile.Read(Path.Combine(folder, "config.json"), TargetModel.DefaultHiddenLayers(target.Config.Layers));
        return Load(folder, target, config);
    }

    /// <summary>As <see cref="Load(string, TargetModel)"/>, with a form that the caller knows better than the file.</summary>
    public static Eagle3Draft Load(string folder, TargetModel target, DraftConfig config)
    {
        RefuseOtherTarget(folder, config, target.Config);
        using var scope = NewDisposeScope();
        using var checkpoint = CheckpointFolder.Open(folder);
        var embedding_VD = target.Embedding_VD;
        var weights = DraftWeights.Shapes(config).Keys.Where(checkpoint.Has).ToDictionary(
            name => name,
            name => checkpoint.Read(name).to(embedding_VD.dtype, embedding_VD.device).DetachFromDisposeScope(),
            StringComparer.Ordinal);
        DraftWeights.Check(weights, config, checkpoint.Place);
        var vocabulary = checkpoint.Has("d2t")
            ? DraftVocabulary.FromOffsets(checkpoint.Load("d2t"), config.TargetWords)
            : DraftVocabulary.Full(config.TargetWords);
        return vocabulary.Count == config.DraftWords
            ? new Eagle3Draft(config, weights, vocabulary, embedding_VD)
            : throw new DataException(ProblemCode.BadDraft, $"d2t should have {config.DraftWords} words but has {vocabulary.Count}.", checkpoint.Place);
    }

    private static void RefuseOtherTarget(string folder, DraftConfig config, TargetConfig target)
    {
        var misfit = config switch
        {
            _ when config.Width != target.Width || config.TargetWidth != target.Width => $"hidden_size {config.TargetWidth}, the target {target.Width}",
            _ when config.TargetWords != target.Vocabulary => $"vocab_size {config.TargetWords}, the target {target.Vocabulary}",
            _ when config.HiddenLayers.Max() >= target.Layers => $"a hidden layer {config.HiddenLayers.Max()}, the target {target.Layers} layers",
            _ => null,
        };
        if (misfit is not null)
        {
            throw new DataException(ProblemCode.BadDraft, $"the draft was made for another target: it has {misfit}.", new TextPlace(Path.Combine(folder, "config.json")));
        }
    }
}
