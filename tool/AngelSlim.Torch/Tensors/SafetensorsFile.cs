using AngelSlim.Core.Manifests;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tensors;

/// <summary>A safetensors file, mapped into memory.</summary>
/// <remarks>
/// The mapping is one libtorch tensor of bytes, and every tensor that <see cref="Load"/> gives is a view of it: the
/// mapping lives exactly as long as the last of them, whatever is disposed first. It is private to the process, so that
/// a write into such a tensor changes a copied page and never the file. Pages are read when they are touched.
/// </remarks>
internal sealed class SafetensorsFile : IDisposable
{
    private readonly SafetensorsHeader _header;
    private readonly Tensor _bytes;
    private readonly string _path;

    private SafetensorsFile(string path, SafetensorsHeader header)
    {
        (_path, _header) = (path, header);
        _bytes = from_file(path, shared: false, size: header.FileLength, dtype: ScalarType.Byte).DetachFromDisposeScope();
    }

    /// <summary>By name.</summary>
    public IReadOnlyDictionary<string, StoredTensor> Tensors => _header.Tensors;

    /// <summary>The file's free text, by name.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>Checks the header and maps the file.</summary>
    /// <exception cref="DataException">It is missing, or not a sound safetensors file.</exception>
    public static SafetensorsFile Open(string path) => File.Exists(path)
        ? new SafetensorsFile(path, SafetensorsHeader.Read(path))
        : throw new DataException(ProblemCode.BadWeights, "there is no such file; weights were expected here.", new TextPlace(path));

    /// <summary>A tensor over the file's own bytes: for frozen weights.</summary>
    /// <remarks>Files that other programs wrote may place a tensor off its alignment; such a tensor is copied.</remarks>
    /// <exception cref="DataException">The file has no such tensor.</exception>
    public Tensor Load(string name)
    {
        using var scope = NewDisposeScope();
        var stored = Find(name);
        var bytes = _bytes.narrow(0, stored.Begin, stored.End - stored.Begin);
        var aligned = stored.Begin % stored.Type.Bytes is 0 ? bytes : bytes.clone();
        return Aten.ViewAs(aligned, stored.Type.Scalar).view([.. stored.Shape]).MoveToOuterDisposeScope();
    }

    /// <summary>A copy in memory of its own: for weights that are trained.</summary>
    /// <exception cref="DataException">The file has no such tensor.</exception>
    public Tensor Read(string name)
    {
        using var view = Load(name);
        return view.clone();
    }

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();

    private StoredTensor Find(string name) => Tensors.TryGetValue(name, out var stored)
        ? stored
        : throw new DataException(ProblemCode.BadWeights, $"the tensor '{name}' is not in this file; it has {Tensors.Count} others.", new TextPlace(_path));
}
