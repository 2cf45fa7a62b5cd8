using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Drafts;

/// <summary>Where a training starts.</summary>
internal static class FirstWeights
{
    /// <summary>Norms 1, matrices normal around 0.</summary>
    /// <param name="config">The draft's form.</param>
    /// <param name="deviation">Standard deviation of the matrices.</param>
    /// <param name="seed">Drawn from in the order of the names, so a seed gives the same weights everywhere.</param>
    public static Dictionary<string, Tensor> Draw(DraftConfig config, double deviation, int seed)
    {
        using var random = new Generator((ulong)seed);
        using var scope = NewDisposeScope();
        return DraftWeights.Shapes(config).ToDictionary(
            pair => pair.Key,
            pair => (pair.Value.Length is 1 ? ones(pair.Value) : randn(pair.Value, generator: random).MultiplyInPlace(deviation)).DetachFromDisposeScope(),
            StringComparer.Ordinal);
    }

    /// <summary>A draft that is ready to be trained.</summary>
    /// <param name="settings">Where the head starts, and whether it stays there.</param>
    /// <param name="config">The draft's form.</param>
    /// <param name="weights">First weights, taken over; the head's are replaced if it starts from the target's rows.</param>
    /// <param name="vocabulary">The draft's words; taken over.</param>
    /// <param name="target">Gives the embedding, and the rows of its head.</param>
    public static Eagle3Draft Draft(
        DraftSettings settings, DraftConfig config, Dictionary<string, Tensor> weights, DraftVocabulary vocabulary, TargetEnds target)
    {
        using var scope = NewDisposeScope();
        if (settings.Head is HeadStart.Target)
        {
            weights[DraftWeights.Head].copy_(target.Head_VD.index_select(0, vocabulary.Words_W));
        }

        var freezesHead = settings.FreezeHead ?? settings.Head is HeadStart.Target;
        foreach (var (name, weight) in weights)
        {
            weight.requires_grad_(name != DraftWeights.Head || !freezesHead);
        }

        return new(config, weights, vocabulary, target.Embedding_VD);
    }
}
