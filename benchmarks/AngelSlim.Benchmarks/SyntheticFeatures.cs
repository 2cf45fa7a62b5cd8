using System.Globalization;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Text;
using AngelSlim.Torch.Tensors;
using AngelSlim.Torch.Training;
using static TorchSharp.torch;

namespace AngelSlim.Benchmarks;

/// <summary>Rows as SmolLM2-135M gives them, 64 to 1,024 tokens with four states of 576 numbers each, made without the target.</summary>
/// <remarks>All rows are views of one block of random states, so that handing one over costs nothing.</remarks>
internal sealed class SyntheticFeatures : IDisposable
{
    private const int Width = 576;
    private const int Longest = 1024;
    private const int Shortest = 64;
    private static readonly IReadOnlyList<int> Layers = [2, 14, 26];

    private readonly Dtype _dtype;
    private readonly Tensor _aux_TE;
    private readonly Tensor _last_TD;
    private readonly TokenRow[] _rows;

    /// <summary>Makes them.</summary>
    /// <param name="dtype">Of the states.</param>
    /// <param name="rows">How many.</param>
    public SyntheticFeatures(Dtype dtype, int rows)
    {
        _dtype = dtype;
        var type = ElementType.Of(dtype);
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        _aux_TE = randn([Longest, Layers.Count * Width], generator: random).to(type.Scalar).MoveToOuterDisposeScope();
        _last_TD = randn([Longest, Width], generator: random).to(type.Scalar).MoveToOuterDisposeScope();
        var lengths = new Random(1);
        _rows = [.. Enumerable.Range(0, rows).Select(row => Row(row, lengths.Next(Shortest, Longest + 1)))];
        Shards = FeatureShard.Cut("train", [.. _rows.Select(row => row.Ids.Length)], FeatureShard.BytesPerToken(Layers.Count + 1, Width, type));
    }

    /// <summary>Rows there are.</summary>
    public int Count => _rows.Length;

    /// <summary>What capture would write.</summary>
    public IReadOnlyList<FeatureShard> Shards { get; }

    /// <summary>Writes all shards and their description, as the capture stage does.</summary>
    public void Write(string folder)
    {
        foreach (var shard in Shards)
        {
            shard.Write(folder, _rows.Skip(shard.FirstRow).Take(shard.Lengths.Count), Features);
        }

        new FeatureDescription
        {
            Layers = Layers,
            Width = Width,
            Dtype = _dtype,
            Train = new(_rows.Length, _rows.Sum(row => (long)row.Ids.Length), [.. Shards.Select(shard => shard.File)]),
            Heldout = new(0, 0, []),
        }.Write(folder);
    }

    /// <summary>Opens what <see cref="Write"/> wrote.</summary>
    public static StoredFeatures Open(string folder) => StoredFeatures.Open(folder, description => description.Train, Layers);

    /// <inheritdoc/>
    public void Dispose()
    {
        _aux_TE.Dispose();
        _last_TD.Dispose();
    }

    private static TokenRow Row(int row, int length) =>
        new(string.Create(CultureInfo.InvariantCulture, $"row {row}"), [.. Enumerable.Range(row, length)], [.. Enumerable.Range(0, length).Select(at => at > length / 2)]);

    private FeatureRow Features(TokenRow row) =>
        new(tensor(row.Ids, int64), tensor(row.Mask), _aux_TE.narrow(0, 0, row.Ids.Length), _last_TD.narrow(0, 0, row.Ids.Length));
}
