using AngelSlim.Core.Manifests;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Targets;

/// <summary>What a draft shares with its target, without the layers between: all that training needs when the states come from disk.</summary>
/// <param name="Config">The target's form.</param>
/// <param name="Embedding_VD">The word vectors.</param>
/// <param name="Head_VD">The head; the embedding itself when tied.</param>
internal sealed record TargetEnds(TargetConfig Config, Tensor Embedding_VD, Tensor Head_VD)
{
    /// <summary>Of a target that is loaded; good for as long as that is.</summary>
    public static TargetEnds Of(TargetModel target) => new(target.Config, target.Embedding_VD, target.Head_VD);

    /// <summary>Loads these two matrices alone, in the current dispose scope.</summary>
    /// <param name="folder">A Hugging Face folder.</param>
    /// <param name="dtype">The type that the target computes in.</param>
    /// <param name="families">Among which it finds its own; null: those of the tool.</param>
    /// <exception cref="DataException">Config or weights are not sound, or not supported.</exception>
    public static TargetEnds Load(string folder, ScalarType dtype, IReadOnlyList<TargetFamily>? families = null)
    {
        var config = TargetConfigReader.Read(folder, families);
        using var checkpoint = CheckpointFolder.Open(folder);
        TargetWeights.Check(checkpoint, config);
        var embedding_VD = checkpoint.Load(TargetWeights.Embedding).to(dtype);
        return new(config, embedding_VD, config.TiedHead ? embedding_VD : checkpoint.Load(TargetWeights.Head).to(dtype));
    }
}
