using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using AngelSlim.Torch.Training;
using static TorchSharp.torch;

namespace AngelSlim.Benchmarks;

/// <summary>Rows whose target states are computed once and kept in a folder, so that many trainings share them.</summary>
internal sealed class CapturedRows(IReadOnlyList<(long[] Ids, bool[] Mask)> rows, TargetModel target, IReadOnlyList<int> layers, string cache) : IFeatureSource
{
    /// <inheritdoc/>
    public int Count => rows.Count;

    /// <inheritdoc/>
    public string IdOf(int row) => $"{row}";

    /// <summary>Runs the target on the rows that are not kept yet.</summary>
    public void Capture()
    {
        Directory.CreateDirectory(cache);
        for (var row = 0; row < rows.Count; row++)
        {
            if (File.Exists(PathOf(row)))
            {
                continue;
            }

            using var frozen = no_grad();
            using var scope = NewDisposeScope();
            var output = target.Run(new TargetInput(tensor(rows[row].Ids).unsqueeze(0)), layers);
            SafetensorsWriter.Write(PathOf(row), new Dictionary<string, Tensor> { ["aux"] = output.Hidden_BTLD.flatten(2), ["last"] = output.Last_BTD });
        }
    }

    /// <inheritdoc/>
    public FeatureBatch Read(IReadOnlyList<int> wanted)
    {
        var longest = wanted.Max(row => rows[row].Ids.Length);
        var read = wanted.Select(row => (Row: rows[row], File: SafetensorsFile.Open(PathOf(row)))).ToList();
        Tensor Joined(string name) => cat([.. read.Select(one => Padded(one.File.Load(name), longest))], dim: 0);
        var batch = new FeatureBatch(
            cat([.. read.Select(one => Padded(tensor(one.Row.Ids).view(1, -1, 1), longest).squeeze(2))], dim: 0),
            cat([.. read.Select(one => Padded(tensor(one.Row.Mask).view(1, -1, 1), longest).squeeze(2))], dim: 0),
            Joined("aux"),
            Joined("last"),
            arange(longest, int64).expand(1, wanted.Count, longest));
        read.ForEach(one => one.File.Dispose());
        return batch;
    }

    private static Tensor Padded(Tensor x_BTD, long tokens) => tokens == x_BTD.shape[1]
        ? x_BTD
        : cat([x_BTD, zeros([x_BTD.shape[0], tokens - x_BTD.shape[1], x_BTD.shape[2]], x_BTD.dtype)], dim: 1);

    private string PathOf(int row) => Path.Combine(cache, $"row-{row}.safetensors");
}
