using AngelSlim.Core.Text;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using AngelSlim.Torch.Training;
using static TorchSharp.torch;

namespace AngelSlim.Benchmarks;

/// <summary>Rows whose target states are computed once and kept in a folder, so that many trainings share them.</summary>
internal sealed class CapturedRows : IFeatureSource
{
    private readonly IReadOnlyList<TokenRow> _rows;
    private readonly IReadOnlyList<string> _files;

    private CapturedRows(IReadOnlyList<TokenRow> rows, IReadOnlyList<string> files) => (_rows, _files) = (rows, files);

    /// <inheritdoc/>
    public int Count => _rows.Count;

    /// <inheritdoc/>
    public string IdOf(int row) => _rows[row].Id;

    /// <summary>Runs the target on the rows that are not kept yet.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="target">Loaded.</param>
    /// <param name="model">Its folder.</param>
    /// <param name="layers">Whose outputs to keep, 0-based.</param>
    /// <param name="cache">Where states are kept.</param>
    public static CapturedRows Of(IReadOnlyList<TokenRow> rows, TargetModel target, string model, IReadOnlyList<int> layers, string cache)
    {
        IReadOnlyList<string> files = [.. rows.Select(row => CapturedStates.FileOf(cache, model, layers, row.Ids.Select(id => (long)id)))];
        foreach (var (row, file) in rows.Zip(files).Where(pair => !File.Exists(pair.Second)))
        {
            using var scope = NewDisposeScope();
            var features = FeatureRow.Of(target, layers, row);
            SafetensorsWriter.Write(file, new Dictionary<string, Tensor> { ["aux"] = features.Aux_TE.unsqueeze(0), ["last"] = features.Last_TD.unsqueeze(0) });
        }

        return new(rows, files);
    }

    /// <inheritdoc/>
    public int LengthOf(int row) => _rows[row].Ids.Length;

    /// <inheritdoc/>
    public FeatureBatch Read(IReadOnlyList<int> wanted) => FeatureRow.Batch([.. wanted.Select(Read)]);

    private FeatureRow Read(int row)
    {
        using var file = SafetensorsFile.Open(_files[row]);
        using var aux_BTE = file.Load("aux");
        using var last_BTD = file.Load("last");
        return new(tensor([.. _rows[row].Ids.Select(id => (long)id)]), tensor(_rows[row].Mask), aux_BTE[0], last_BTD[0]);
    }
}
