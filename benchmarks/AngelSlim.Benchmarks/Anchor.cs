using System.Globalization;
using System.Text.Json;
using AngelSlim.Core.Text;
using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Benchmarks;

/// <summary>A training run of AngelSlim: its rows, its order, its first weights, its curve (<c>golden/angelslim-smollm2</c>).</summary>
internal sealed class Anchor(string folder)
{
    private readonly string[] _header = File.ReadLines(Path.Combine(folder, "curve.csv")).First().Split(',');

    /// <summary>Its steps: cells by column.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, double>> Steps =>
    [
        .. File.ReadLines(Path.Combine(folder, "curve.csv")).Skip(1).Select(line => line.Split(',')
            .Select((cell, i) => KeyValuePair.Create(_header[i], double.Parse(cell, CultureInfo.InvariantCulture))).ToDictionary()),
    ];

    /// <summary>The row of each step.</summary>
    public IReadOnlyList<int> Order => [.. Steps.Select(step => (int)step["row"])];

    /// <summary>Its rows; named by their line.</summary>
    public IReadOnlyList<TokenRow> Rows()
    {
        var rows = new List<TokenRow>();
        foreach (var line in File.ReadLines(Path.Combine(folder, "rows.jsonl")))
        {
            using var row = JsonDocument.Parse(line);
            rows.Add(new(
                $"{rows.Count}",
                [.. row.RootElement.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())],
                [.. row.RootElement.GetProperty("mask").GetString()!.Select(mark => mark is '1')]));
        }

        return rows;
    }

    /// <summary>The draft's words.</summary>
    public DraftVocabulary Vocabulary(int targetWords)
    {
        using var file = SafetensorsFile.Open(Path.Combine(folder, "initial.safetensors"));
        using var d2t_W = file.Load("d2t");
        return DraftVocabulary.FromOffsets(d2t_W, targetWords);
    }

    /// <summary>The first weights, float32. Norms that AngelSlim's draft does not have are 1.</summary>
    public Dictionary<string, Tensor> InitialWeights(DraftConfig config)
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(Path.Combine(folder, "initial.safetensors"));
        return DraftWeights.Shapes(config).ToDictionary(
            pair => pair.Key,
            pair => (file.Tensors.ContainsKey(pair.Key) ? file.Read(pair.Key).to(float32) : ones(pair.Value)).DetachFromDisposeScope());
    }

    /// <summary>Its draft's form beside the target: the published Eagle3, rope base 10000.</summary>
    public DraftConfig Config(TargetConfig target) => DraftConfigFile.Read(Path.Combine(folder, "config.json"), TargetModel.DefaultHiddenLayers(target.Layers)) with
    {
        Rope = target.Rope with { Theta = 10000 },
    };
}
