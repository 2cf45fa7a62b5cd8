using AngelSlim.Core.Manifests;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tensors;

/// <summary>The weights of a Hugging Face folder: <c>model.safetensors</c>, else the shards of <c>model.safetensors.index.json</c>.</summary>
internal sealed class CheckpointFolder : IDisposable
{
    private readonly Dictionary<string, SafetensorsFile> _fileOf = new(StringComparer.Ordinal);
    private readonly List<SafetensorsFile> _files = [];
    private readonly string _folder;

    private CheckpointFolder(string folder) => _folder = folder;

    /// <summary>The file to name in messages.</summary>
    public TextPlace Place => new(Path.Combine(_folder, _files.Count is 1 ? CheckpointFiles.Weights : CheckpointFiles.Index));

    /// <summary>All tensors' names.</summary>
    public IReadOnlyCollection<string> Names => _fileOf.Keys;

    /// <summary>Opens the weights.</summary>
    /// <exception cref="DataException">There are none, or index or file is not sound.</exception>
    public static CheckpointFolder Open(string folder)
    {
        var checkpoint = new CheckpointFolder(folder);
        try
        {
            if (File.Exists(Path.Combine(folder, CheckpointFiles.Weights)))
            {
                checkpoint.AddAll();
            }
            else if (File.Exists(Path.Combine(folder, CheckpointFiles.Index)))
            {
                checkpoint.AddShards();
            }
            else
            {
                throw Wrong(folder, $"{CheckpointFiles.Weights} or {CheckpointFiles.Index} expected, neither found. Weights as pickle (*.bin, *.pt) have to be converted to safetensors first.");
            }
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }

        return checkpoint;
    }

    /// <summary>Whether there is such a tensor.</summary>
    public bool Has(string name) => _fileOf.ContainsKey(name);

    /// <summary>Its sizes.</summary>
    public IReadOnlyList<long> Shape(string name) => Find(name).Tensors[name].Shape;

    /// <summary>Its elements.</summary>
    public ElementType Type(string name) => Find(name).Tensors[name].Type;

    /// <inheritdoc cref="SafetensorsFile.Load"/>
    public Tensor Load(string name) => Find(name).Load(name);

    /// <inheritdoc cref="SafetensorsFile.Read"/>
    public Tensor Read(string name) => Find(name).Read(name);

    /// <inheritdoc/>
    public void Dispose() => _files.ForEach(file => file.Dispose());

    private static DataException Wrong(string path, string message) =>
        new(ProblemCode.BadWeights, message, new TextPlace(path));

    private SafetensorsFile Find(string name) => _fileOf.TryGetValue(name, out var file)
        ? file
        : throw new DataException(ProblemCode.BadWeights, $"the tensor '{name}' is missing; the folder has {_fileOf.Count} others.", Place);

    private SafetensorsFile Open(string folder, string name)
    {
        var file = SafetensorsFile.Open(Path.Combine(folder, name));
        _files.Add(file);
        return file;
    }

    private void AddAll()
    {
        var file = Open(_folder, CheckpointFiles.Weights);
        foreach (var name in file.Tensors.Keys)
        {
            _fileOf.Add(name, file);
        }
    }

    private void AddShards()
    {
        var path = Path.Combine(_folder, CheckpointFiles.Index);
        var files = new Dictionary<string, SafetensorsFile>(StringComparer.Ordinal);
        foreach (var (tensor, shard) in CheckpointFiles.ReadIndex(path))
        {
            if (!files.TryGetValue(shard, out var file))
            {
                files.Add(shard, file = Open(_folder, shard));
            }

            if (!file.Tensors.ContainsKey(tensor))
            {
                throw Wrong(path, $"'{tensor}' should be in {shard} and is not. Fetch the checkpoint again.");
            }

            _fileOf.Add(tensor, file);
        }
    }
}
