using AngelSlim.Core.Manifests;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Drafts;

/// <summary>The files of a trained draft: <c>draft.json</c>, and <c>draft.safetensors</c> with its weights in float32 and its words.</summary>
/// <remarks>The words are kept with the weights because they are part of them: one word more or less shifts every row of the head.</remarks>
internal static class TrainedDraftFile
{
    private const string ConfigName = "draft.json";
    private const string WeightsName = "draft.safetensors";
    private const string Offsets = "d2t";

    /// <summary>Writes both.</summary>
    public static void Write(string folder, Eagle3Draft draft)
    {
        using var scope = NewDisposeScope();
        DraftConfigFile.Write(Path.Combine(folder, ConfigName), draft.Config);
        SafetensorsWriter.Write(
            Path.Combine(folder, WeightsName),
            new Dictionary<string, Tensor>(draft.Weights.ToDictionary(pair => pair.Key, pair => pair.Value.detach().to(float32))) { [Offsets] = draft.Vocabulary.Offsets() });
    }

    /// <summary>Reads both.</summary>
    /// <returns>Weights in memory of their own, float32, checked against the form; the caller's.</returns>
    /// <exception cref="DataException">They are not a draft.</exception>
    public static (DraftConfig Config, IReadOnlyDictionary<string, Tensor> Weights, DraftVocabulary Vocabulary) Read(string folder)
    {
        var config = DraftConfigFile.Read(Path.Combine(folder, ConfigName), usualLayers: []);
        using var file = SafetensorsFile.Open(Path.Combine(folder, WeightsName));
        var weights = file.Tensors.Keys.Where(name => name is not Offsets).ToDictionary(name => name, file.Read, StringComparer.Ordinal);
        DraftWeights.Check(weights, config, new TextPlace(Path.Combine(folder, WeightsName)));
        using var d2t_W = file.Load(Offsets);
        return (config, weights, DraftVocabulary.FromOffsets(d2t_W, config.TargetWords));
    }
}
