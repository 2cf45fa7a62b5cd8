using AngelSlim.Torch.Drafts;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Training;

/// <summary>What is trained, on what.</summary>
/// <param name="Draft">Its weights that ask for gradients are trained, in place.</param>
/// <param name="TargetHead_VD">The target's head: teaches together with the last states.</param>
/// <param name="Train">The rows.</param>
/// <param name="RowsAt">The rows of a step, from 0: a pure function, see <see cref="RowOrder"/>.</param>
/// <param name="Steps">Steps in all.</param>
internal sealed record TrainingTask(Eagle3Draft Draft, Tensor TargetHead_VD, IFeatureSource Train, Func<int, IReadOnlyList<int>> RowsAt, int Steps)
{
    /// <summary>Rows that are judged and never trained on; null for none.</summary>
    public IFeatureSource? Heldout { get; init; }

    /// <summary>Unroll steps are taken again for their gradients instead of being kept: a fifth of the memory, a tenth more time, the same bits.</summary>
    public bool Recompute { get; init; }

    /// <summary>Where a batch that the training diverged on is kept.</summary>
    public required string Scratch { get; init; }
}
