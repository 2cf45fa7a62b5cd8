using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Torch.Drafts;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Training;

/// <summary>Which optimiser takes which parameter.</summary>
internal static class Optimizers
{
    /// <summary>Optimisers for all parameters that are trained.</summary>
    /// <param name="settings">Kind and decay.</param>
    /// <param name="weights">The draft's, by name; those that ask for no gradient are left alone.</param>
    public static IReadOnlyList<IOptimizer> For(TrainingSettings settings, IReadOnlyDictionary<string, Tensor> weights)
    {
        var trained = weights.Where(pair => pair.Value.requires_grad).OrderBy(pair => pair.Key, StringComparer.Ordinal).ToList();
        bool IsNorm(KeyValuePair<string, Tensor> pair) => pair.Value.shape.Length is 1;

        // The head is a table of words rather than a map between spaces: Muon is not for it.
        bool TakesMuon(KeyValuePair<string, Tensor> pair) =>
            settings.Optimizer is OptimizerKind.Muon && !IsNorm(pair) && pair.Key != DraftWeights.Head;
        return
        [
            new Muon(trained.Where(TakesMuon), settings.WeightDecay),
            new AdamW(trained.Where(pair => !IsNorm(pair) && !TakesMuon(pair)), settings.WeightDecay),
            new AdamW(trained.Where(IsNorm), decay: 0),
        ];
    }
}
