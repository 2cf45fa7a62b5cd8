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

    /// <summary>Rows side by side, padded with zeros to the longest. The rows are used up.</summary>
    public static FeatureBatch Batch(IReadOnlyList<FeatureRow> rows)
    {
        var tokens = rows.Max(row => row.Ids_T.shape[0]);
        var batch = new FeatureBatch(
            Padded([.. rows.Select(row => row.Ids_T)], tokens),
            Padded([.. rows.Select(row => row.Mask_T)], tokens),
            Padded([.. rows.Select(row => ones_like(row.Mask_T))], tokens),
            Padded([.. rows.Select(row => row.Aux_TE)], tokens),
            Padded([.. rows.Select(row => row.Last_TD)], tokens),
            Positions(rows.Count, tokens));
        foreach (var row in rows)
        {
            row.Dispose();
        }

        return batch;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Ids_T.Dispose();
        Mask_T.Dispose();
        Aux_TE.Dispose();
        Last_TD.Dispose();
    }

    private static Tensor Positions(int rows, long tokens)
    {
        using var scope = NewDisposeScope();
        return Arithmetic.Integers(0, tokens).expand(1, rows, tokens).MoveToOuterDisposeScope();
    }

    private static Tensor Padded(IReadOnlyList<Tensor> rows, long tokens)
    {
        if (rows.Count is 1)
        {
            return rows[0].unsqueeze(0);
        }

        using var scope = NewDisposeScope();
        var padded = zeros([rows.Count, tokens, .. rows[0].shape[1..]], rows[0].dtype);
        for (var i = 0; i < rows.Count; i++)
        {
            padded[i].narrow(0, 0, rows[i].shape[0]).copy_(rows[i]);
        }

        return padded.MoveToOuterDisposeScope();
    }
}
