using AngelSlim.Core.Text;
using AngelSlim.Torch.Targets;

namespace AngelSlim.Torch.Training;

/// <summary>Features computed when they are asked for: nothing on disk, the target at work at every step.</summary>
/// <param name="target">The caller's; frozen.</param>
/// <param name="layers">Kept, low to high.</param>
/// <param name="rows">Ids below the target's vocabulary.</param>
internal sealed class LiveFeatures(TargetModel target, IReadOnlyList<int> layers, IReadOnlyList<TokenRow> rows) : IFeatureSource
{
    /// <inheritdoc/>
    public int Count => rows.Count;

    /// <inheritdoc/>
    public string IdOf(int row) => rows[row].Id;

    /// <inheritdoc/>
    public int LengthOf(int row) => rows[row].Ids.Length;

    /// <inheritdoc/>
    public FeatureBatch Read(IReadOnlyList<int> chosen) =>
        FeatureRow.Batch([.. chosen.Select(row => FeatureRow.Of(target, layers, rows[row]))]);
}
