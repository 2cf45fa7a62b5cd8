using System.Text.Json;
using AngelSlim.Core.Manifests;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Training;

/// <summary>Features that <c>capture</c> wrote: a row's bytes are read when the row is, into the batch that it belongs to.</summary>
/// <remarks>
/// Files are read, not mapped: a mapped page costs more than a copied one, counts as memory of the process, and ends it where the
/// file has been cut. No file stays open: a capture of terabytes has more of them than a process may open.
/// </remarks>
internal sealed class StoredFeatures : IFeatureSource
{
    private static readonly string[] Parts = [FeatureShard.Ids, FeatureShard.Mask, FeatureShard.Aux, FeatureShard.Last];
    private readonly List<StoredRow> _rows = [];

    private StoredFeatures()
    {
    }

    /// <inheritdoc/>
    public int Count => _rows.Count;

    /// <summary>Opens one part of a folder and checks every shard against the description.</summary>
    /// <param name="folder">With <c>features.json</c>.</param>
    /// <param name="part">Which rows.</param>
    /// <param name="layers">Those that the draft reads.</param>
    /// <exception cref="DataException">Other layers were kept, or a shard is missing or not what the description says.</exception>
    public static StoredFeatures Open(string folder, Func<FeatureDescription, FeaturePart> part, IReadOnlyList<int> layers)
    {
        var description = FeatureDescription.Read(folder);
        if (!description.Layers.SequenceEqual(layers))
        {
            throw Wrong(folder, $"the draft reads the layers {string.Join(", ", layers)}, but {string.Join(", ", description.Layers)} were kept");
        }

        var features = new StoredFeatures();
        foreach (var shard in part(description).Shards)
        {
            features.Add(Path.Combine(folder, shard), description);
        }

        return features.Count == part(description).Rows
            ? features
            : throw Wrong(folder, $"{part(description).Rows} rows expected, {features.Count} found");
    }

    /// <inheritdoc/>
    public string IdOf(int row) => _rows[row].Id;

    /// <inheritdoc/>
    public int LengthOf(int row) => (int)_rows[row].Length;

    /// <inheritdoc/>
    public FeatureBatch Read(IReadOnlyList<int> rows)
    {
        using var scope = NewDisposeScope();
        StoredRow[] chosen = [.. rows.Select(row => _rows[row])];
        var tokens = chosen.Sum(row => row.Length);
        var parts = Parts.ToDictionary(name => name, name => empty([1, tokens, .. chosen[0].Shard[name].Shape.Skip(1)], chosen[0].Shard[name].Type.Scalar));
        var bytes = Parts.ToDictionary(name => name, name => TensorBytes.Flat(parts[name]));
        var begin = 0L;
        foreach (var row in chosen)
        {
            Fill(bytes, begin, row);
            begin += row.Length;
        }

        return new FeatureBatch(
            parts[FeatureShard.Ids].to(int64).MoveToOuterDisposeScope(),
            parts[FeatureShard.Mask].MoveToOuterDisposeScope(),
            parts[FeatureShard.Aux].MoveToOuterDisposeScope(),
            parts[FeatureShard.Last].MoveToOuterDisposeScope(),
            FeatureRow.Positions(chosen.Select(row => row.Length)).MoveToOuterDisposeScope(),
            new([.. chosen.Select(row => (int)row.Length)]));
    }

    private static void Fill(Dictionary<string, Tensor> bytes, long begin, StoredRow row)
    {
        try
        {
            // Shared with everybody, which saves the system's lock.
            using var file = File.OpenHandle(row.Path, share: FileShare.ReadWrite | FileShare.Delete);
            foreach (var (name, part) in bytes)
            {
                var stored = row.Shard[name];
                TensorBytes.Read(file, stored.Begin + (row.Begin * stored.BytesPerEntry), part, begin * stored.BytesPerEntry, row.Length * stored.BytesPerEntry);
            }
        }
        catch (IOException e)
        {
            throw Wrong(row.Path, $"row '{row.Id}' cannot be read: {e.Message}", e);
        }
    }

    private static DataException Wrong(string path, string message, Exception? inner = null) =>
        new(ProblemCode.StoreCorrupt, $"stored features: {message}. Delete the folder {Path.GetDirectoryName(path)} and run again: it is captured anew.", new TextPlace(path), inner);

    private void Add(string path, FeatureDescription description)
    {
        using var file = SafetensorsFile.Open(path);
        var lengths = Lengths(path, file);
        var tokens = lengths.Sum();
        var states = ElementType.Of(description.Dtype);
        Expect(FeatureShard.Ids, ElementType.Named("I32")!, tokens);
        Expect(FeatureShard.Mask, ElementType.Named("BOOL")!, tokens);
        Expect(FeatureShard.Aux, states, tokens, (long)description.Layers.Count * description.Width);
        Expect(FeatureShard.Last, states, tokens, description.Width);
        var ids = RowIds(path, file);
        if (ids.Count != lengths.Length)
        {
            throw Wrong(path, $"{lengths.Length} rows have lengths, {ids.Count} have ids");
        }

        var begin = 0L;
        foreach (var (id, length) in ids.Zip(lengths))
        {
            _rows.Add(new StoredRow(id, path, file.Tensors, begin, length));
            begin += length;
        }

        void Expect(string name, ElementType type, params long[] shape)
        {
            var found = file.Tensors.GetValueOrDefault(name);
            if (found is null || found.Type != type || !found.Shape.SequenceEqual(shape))
            {
                throw Wrong(path, $"'{name}' should be {type.Name} [{string.Join(", ", shape)}], found {(found is null ? "none" : $"{found.Type.Name} [{string.Join(", ", found.Shape)}]")}");
            }
        }
    }

    private static long[] Lengths(string path, SafetensorsFile file)
    {
        if (file.Tensors.GetValueOrDefault(FeatureShard.RowLengths) is not { Type.Name: "I64", Shape.Count: 1 })
        {
            throw Wrong(path, $"'{FeatureShard.RowLengths}' should be I64 [rows]");
        }

        using var lengths = file.Load(FeatureShard.RowLengths);
        var values = lengths.data<long>().ToArray();
        return values.All(length => length is > 0 and <= int.MaxValue)
            ? values
            : throw Wrong(path, $"'{FeatureShard.RowLengths}' should hold numbers from 1");
    }

    private static List<string> RowIds(string path, SafetensorsFile file)
    {
        try
        {
            return JsonSerializer.Deserialize<List<string>>(file.Metadata.GetValueOrDefault(FeatureShard.RowIds, "null"))
                ?? throw Wrong(path, "the ids of its rows are missing");
        }
        catch (JsonException e)
        {
            throw Wrong(path, "the ids of its rows are no list of texts", e);
        }
    }

    /// <summary>Where a row lies.</summary>
    private readonly record struct StoredRow(string Id, string Path, IReadOnlyDictionary<string, StoredTensor> Shard, long Begin, long Length);
}
