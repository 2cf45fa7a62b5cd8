using System.Text.Json;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Training;

/// <summary>One file of stored features: some rows end to end, without padding. The one place that knows its tensors' names.</summary>
/// <param name="File">Name beside <c>features.json</c>.</param>
/// <param name="FirstRow">Of the part, 0-based.</param>
/// <param name="Lengths">Tokens of each row.</param>
internal sealed record FeatureShard(string File, int FirstRow, IReadOnlyList<int> Lengths)
{
    public const string Ids = "ids";
    public const string Mask = "mask";
    public const string Aux = "aux";
    public const string Last = "last";
    public const string RowLengths = "lengths";
    public const string RowIds = "rows";

    private const long Largest = 256L << 20;
    private const long Smallest = 8L << 20;
    private const int WantedShards = 64;

    // An id as int32, and its mark.
    private const int BytesBesideStates = 5;

    /// <summary>Bytes on disk of one token.</summary>
    /// <param name="states">Kept layers and the last state.</param>
    /// <param name="width">Of the target.</param>
    /// <param name="type">Of the states.</param>
    public static long BytesPerToken(int states, int width, ElementType type) => ((long)states * width * type.Bytes) + BytesBesideStates;

    /// <summary>
    /// Cuts the rows of a part into shards: a pure function of the lengths, so that a resumed capture makes the same files.
    /// </summary>
    /// <remarks>
    /// A shard is what a kill may cost: about a 64th of the whole, at least 8 MiB, at most 256 MiB, or one longer row.
    /// </remarks>
    /// <param name="part">train or heldout.</param>
    /// <param name="lengths">Tokens of each row.</param>
    /// <param name="bytesPerToken">See <see cref="BytesPerToken"/>.</param>
    public static IReadOnlyList<FeatureShard> Cut(string part, IReadOnlyList<int> lengths, long bytesPerToken)
    {
        var limit = Math.Clamp(lengths.Sum(length => (long)length) * bytesPerToken / WantedShards, Smallest, Largest) / bytesPerToken;
        var shards = new List<FeatureShard>();
        var (first, tokens) = (0, 0L);
        for (var row = 0; row <= lengths.Count; row++)
        {
            if (row == lengths.Count ? row > first : row > first && tokens + lengths[row] > limit)
            {
                shards.Add(new FeatureShard($"{part}-{shards.Count + 1:d5}.safetensors", first, [.. lengths.Skip(first).Take(row - first)]));
                (first, tokens) = (row, 0);
            }

            tokens += row < lengths.Count ? lengths[row] : 0;
        }

        return shards;
    }

    /// <summary>Writes the shard row by row: only one is in memory.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="rows">Exactly the shard's.</param>
    /// <param name="features">Makes a row's features.</param>
    public void Write(string folder, IEnumerable<TokenRow> rows, Func<TokenRow, FeatureRow> features)
    {
        using var scope = NewDisposeScope();
        var all = rows.ToList();
        using var first = features(all[0]);
        using var file = Begin(folder, all, first);
        file.Put(RowLengths, tensor(Lengths.Select(length => (long)length).ToArray()));
        Put(file, first, begin: 0);
        var begin = (long)Lengths[0];
        foreach (var row in all.Skip(1))
        {
            using var filled = features(row);
            Put(file, filled, begin);
            begin += row.Ids.Length;
        }

        file.Finish();
    }

    /// <summary>Whether the file is there, as long as its header says, and holds this shard's tokens.</summary>
    public bool IsWholeIn(string folder)
    {
        var path = Path.Combine(folder, File);
        try
        {
            return System.IO.File.Exists(path) && SafetensorsHeader.Read(path).Tensors.TryGetValue(Ids, out var ids)
                && ids.Shape.SequenceEqual([Lengths.Sum(length => (long)length)]);
        }
        catch (DataException)
        {
            return false;
        }
    }

    private static void Put(SafetensorsWriter file, FeatureRow row, long begin)
    {
        foreach (var (name, part) in Parts(row))
        {
            using var stored = part.to(StoredType(name, part));
            file.Put(name, stored, begin);
        }
    }

    private static (string Name, Tensor Tensor)[] Parts(FeatureRow row) => [(Ids, row.Ids_T), (Mask, row.Mask_T), (Aux, row.Aux_TE), (Last, row.Last_TD)];

    private static ScalarType StoredType(string name, Tensor part) => name is Ids ? ScalarType.Int32 : part.dtype;

    private SafetensorsWriter Begin(string folder, List<TokenRow> rows, FeatureRow like)
    {
        var tokens = Lengths.Sum(length => (long)length);
        var parts = Parts(like).Select(part => (part.Name, ElementType.Of(StoredType(part.Name, part.Tensor))!, (long[])[tokens, .. part.Tensor.shape[1..]]));
        return new SafetensorsWriter(
            Path.Combine(folder, File),
            [.. parts, (RowLengths, ElementType.Of(ScalarType.Int64)!, [Lengths.Count])],
            new Dictionary<string, string> { [RowIds] = JsonSerializer.Serialize(rows.ConvertAll(row => row.Id)) });
    }
}
