using AngelSlim.Core.Text;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using AngelSlim.Torch.Training;
using static TorchSharp.torch;

namespace AngelSlim.Benchmarks;

/// <summary>Rows whose target states are computed once and kept in a folder, so that many trainings share them.</summary>
internal sealed class CapturedRows(IReadOnlyList<TokenRow> rows, TargetModel target, IReadOnlyList<int> layers, string cache) : IFeatureSource
{
    /// <inheritdoc/>
    public int Count => rows.Count;

    /// <inheritdoc/>
    public string IdOf(int row) => rows[row].Id;

    /// <summary>Runs the target on the rows that are not kept yet.</summary>
    public void Capture()
    {
        Directory.CreateDirectory(cache);
        for (var row = 0; row < rows.Count; row++)
        {
            if (!File.Exists(PathOf(row)))
            {
                using var scope = NewDisposeScope();
                var features = FeatureRow.Of(target, layers, rows[row]);
                SafetensorsWriter.Write(PathOf(row), new Dictionary<string, Tensor> { ["aux"] = features.Aux_TE.unsqueeze(0), ["last"] = features.Last_TD.unsqueeze(0) });
            }
        }
    }

    /// <inheritdoc/>
    public FeatureBatch Read(IReadOnlyList<int> wanted) => FeatureRow.Batch([.. wanted.Select(Read)]);

    private FeatureRow Read(int row)
    {
        using var file = SafetensorsFile.Open(PathOf(row));
        using var aux_BTE = file.Load("aux");
        using var last_BTD = file.Load("last");
        return new(tensor([.. rows[row].Ids.Select(id => (long)id)]), tensor(rows[row].Mask), aux_BTE[0], last_BTD[0]);
    }

    private string PathOf(int row) => Path.Combine(cache, $"row-{row}.safetensors");
}
