using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Training;

/// <summary>One row with what the target thought of it, as long as the row is.</summary>
/// <param name="Ids_T">int64.</param>
/// <param name="Mask_T">bool.</param>
/// <param name="Aux_TE">As in <see cref="FeatureBatch"/>.</param>
/// <param name="Last_TD">As in <see cref="FeatureBatch"/>.</param>
internal sealed record FeatureRow(Tensor Ids_T, Tensor Mask_T, Tensor Aux_TE, Tensor Last_TD) : IDisposable
{
    /// <summary>Runs the target over one row, alone: so the result does not depend on which rows are trained on together.</summary>
    /// <param name="target">Frozen.</param>
    /// <param name="layers">Kept, low to high.</param>
    /// <param name="row">Its ids below the target's vocabulary.</param>
    /// <exception cref="DataException">The target's states are not finite.</exception>
    public static FeatureRow Of(TargetModel target, IReadOnlyList<int> layers, TokenRow row)
    {
        using var scope = NewDisposeScope();

        // Live and stored states are the same bits: which kernels compute must not depend on who asks. Nothing here wants a gradient.
        using var allowed = enable_grad();
        var ids_BT = tensor(row.Ids).to(int64).unsqueeze(0);
        var said = target.Run(new TargetInput(ids_BT), layers);
        if (!isfinite(said.Hidden_BTLD).all().item<bool>() || !isfinite(said.Last_BTD).all().item<bool>())
        {
            throw new DataException(
                ProblemCode.Diverged,
                $"the target's hidden states of row '{row.Id}' are not finite. Compute in float32 (target.dtype), or leave the row out.");
        }

        return new FeatureRow(
            ids_BT[0].MoveToOuterDisposeScope(),
            tensor(row.Mask).MoveToOuterDisposeScope(),
            said.Hidden_BTLD[0].flatten(1).MoveToOuterDisposeScope(),
            said.Last_BTD[0].MoveToOuterDisposeScope());
    }

    /// <summary>Rows end to end. They are used up.</summary>
    public static FeatureBatch Batch(IReadOnlyList<FeatureRow> rows)
    {
        var batch = new FeatureBatch(
            Joined(rows, row => row.Ids_T),
            Joined(rows, row => row.Mask_T),
            Joined(rows, row => row.Aux_TE),
            Joined(rows, row => row.Last_TD),
            Positions(rows.Select(row => row.Ids_T.shape[0])),
            new([.. rows.Select(row => (int)row.Ids_T.shape[0])]));
        foreach (var row in rows)
        {
            row.Dispose();
        }

        return batch;
    }

    /// <summary>Positions of rows end to end, each from its own first.</summary>
    /// <param name="lengths">Tokens of each row.</param>
    /// <returns>[1, 1, T], int64.</returns>
    public static Tensor Positions(IEnumerable<long> lengths)
    {
        using var scope = NewDisposeScope();
        return cat([.. lengths.Select(length => Arithmetic.Integers(0, length))]).view(1, 1, -1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Ids_T.Dispose();
        Mask_T.Dispose();
        Aux_TE.Dispose();
        Last_TD.Dispose();
    }

    private static Tensor Joined(IReadOnlyList<FeatureRow> rows, Func<FeatureRow, Tensor> part)
    {
        using var scope = NewDisposeScope();
        var joined = rows.Count is 1 ? part(rows[0]) : cat([.. rows.Select(part)]);
        return joined.unsqueeze(0).MoveToOuterDisposeScope();
    }
}
