using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Layers;
using AngelSlim.Torch.Training;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Drafts;

/// <summary>Drafts of a few thousand random weights, and random text with random target states.</summary>
internal static class Tiny
{
    public static readonly DraftConfig Config = new()
    {
        Width = 32,
        TargetWidth = 32,
        Heads = 4,
        KeyHeads = 2,
        HeadChannels = 8,
        MlpWidth = 48,
        NormEpsilon = 1e-6,
        TargetWords = 80,
        DraftWords = 32,
        HiddenLayers = [1, 3, 4],
        Rope = new PlainRope(1e6),
        MaxPositions = 256,
    };

    /// <summary>A draft whose norms are not 1 and whose words are those not divisible by 5, the first 32 of them.</summary>
    public static Eagle3Draft Draft(DraftConfig config, int seed = 1) => Draft(config, randn([config.TargetWords, config.Width], generator: new Generator(7)), seed);

    /// <summary>The same beside this embedding.</summary>
    public static Eagle3Draft Draft(DraftConfig config, Tensor embedding_VD, int seed = 1)
    {
        using var random = new Generator((ulong)seed + 1000);
        var weights = FirstWeights.Draw(config, deviation: 0.15, seed);
        foreach (var (_, weight) in weights)
        {
            if (weight.shape.Length is 1)
            {
                weight.add_(randn(weight.shape, generator: random).mul_(0.2));
            }

            weight.requires_grad_();
        }

        return new(config, weights, new([.. Enumerable.Range(0, config.TargetWords).Where(word => word % 5 != 0).Take(config.DraftWords).Select(word => (long)word)], config.TargetWords), embedding_VD);
    }

    public static Tensor Head(DraftConfig config) => randn([config.TargetWords, config.TargetWidth], generator: new Generator(77));

    /// <summary>Rows of random text of these lengths, each with one answer from its third token to its last but one.</summary>
    public static RowsInMemory Rows(DraftConfig config, params int[] lengths)
    {
        using var random = new Generator(5);
        return new([.. lengths.Select(length => Row(config, length, random))]);
    }

    private static FeatureBatch Row(DraftConfig config, int length, Generator random) => new(
        randint(0, config.TargetWords, [1, length], int64, generator: random),
        tensor(Enumerable.Range(0, length).Select(t => t >= 2 && t < length - 1).ToArray()).unsqueeze(0),
        randn([1, length, 3L * config.TargetWidth], generator: random),
        randn([1, length, config.TargetWidth], generator: random),
        arange(length, int64).view(1, 1, -1),
        new([length]));
}

/// <summary>Rows that are given, each a batch of one.</summary>
internal sealed class RowsInMemory(IReadOnlyList<FeatureBatch> rows) : IFeatureSource
{
    public int Count => rows.Count;

    public string IdOf(int row) => $"row-{row}";

    public int LengthOf(int row) => rows[row].Documents.Tokens;

    public FeatureBatch Read(IReadOnlyList<int> wanted)
    {
        if (wanted.Count is 1)
        {
            return rows[wanted[0]];
        }

        Tensor Joined(Func<FeatureBatch, Tensor> part, int axis = 1) => cat([.. wanted.Select(row => part(rows[row]))], dim: axis);
        return new(
            Joined(row => row.Ids_BT),
            Joined(row => row.Mask_BT),
            Joined(row => row.Aux_BTE),
            Joined(row => row.Last_BTD),
            Joined(row => row.Positions_ABT, axis: 2),
            new([.. wanted.SelectMany(row => rows[row].Documents.Lengths)]));
    }
}
