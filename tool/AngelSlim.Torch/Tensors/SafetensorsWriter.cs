using System.Buffers.Binary;
using System.Text.Json;
using AngelSlim.Core.Artifacts;
using Microsoft.Win32.SafeHandles;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tensors;

/// <summary>Writes a safetensors file: the same tensors give the same bytes.</summary>
/// <remarks>
/// It is written beside its path, flushed to the disk, and takes its path's name when it is finished: nobody ever sees half a file,
/// and once <see cref="Finish"/> returns a power cut leaves the whole one.
/// </remarks>
internal sealed class SafetensorsWriter : IDisposable
{
    private const int Alignment = 8;
    private const string Unfinished = ".part";
    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly Dictionary<string, StoredTensor> _places;

    /// <summary>Begins a file whose tensors are put in afterwards, whole or a few entries at a time.</summary>
    /// <param name="path">Replaced if it is there.</param>
    /// <param name="tensors">All that it will have.</param>
    /// <param name="metadata">Free text; none is written when there is none.</param>
    public SafetensorsWriter(string path, IEnumerable<(string Name, ElementType Type, long[] Shape)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        // Larger elements first, as the reference implementation: so every tensor is aligned.
        var ordered = Placed(tensors.OrderByDescending(entry => entry.Type.Bytes).ThenBy(entry => entry.Name, StringComparer.Ordinal), begin: 0);
        var header = Header(ordered, metadata);
        _path = path;
        _places = Placed(ordered.Select(entry => (entry.Name, entry.Type, entry.Shape.ToArray())), header.Length).ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        _file = File.OpenHandle(path + Unfinished, FileMode.Create, FileAccess.Write, FileShare.None);
        RandomAccess.Write(_file, header, fileOffset: 0);
    }

    /// <summary>Writes a whole file.</summary>
    /// <param name="path">Replaced if it is there.</param>
    /// <param name="tensors">By name; any device and layout.</param>
    /// <param name="metadata">Free text; none is written when there is none.</param>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var writer = new SafetensorsWriter(path, tensors.Select(pair => (pair.Key, TypeOf(pair.Key, pair.Value), pair.Value.shape)), metadata);
        foreach (var (name, tensor) in tensors)
        {
            writer.Put(name, tensor);
        }

        writer.Finish();
    }

    /// <summary>Writes entries of a tensor.</summary>
    /// <param name="name">One of those that the file was begun with.</param>
    /// <param name="entries">Of the same type and, but for the first axis, shape; any device and layout.</param>
    /// <param name="first">Where along the first axis they begin.</param>
    public void Put(string name, Tensor entries, long first = 0)
    {
        var place = _places[name];
        TensorBytes.Write(_file, place.Begin + (first * place.BytesPerEntry), entries);
    }

    /// <summary>Makes the file durable and gives it its name.</summary>
    public void Finish()
    {
        RandomAccess.FlushToDisk(_file);
        _file.Dispose();
        File.Move(_path + Unfinished, _path, overwrite: true);
        Durable.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(_path))!);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static List<StoredTensor> Placed(IEnumerable<(string Name, ElementType Type, long[] Shape)> tensors, long begin)
    {
        var placed = new List<StoredTensor>();
        foreach (var (name, type, shape) in tensors)
        {
            var end = shape.Aggregate((long)type.Bytes, (product, size) => product * size) + begin;
            placed.Add(new StoredTensor(name, type, shape, begin, end));
            begin = end;
        }

        return placed;
    }

    private static ElementType TypeOf(string name, Tensor tensor) =>
        ElementType.Of(tensor.dtype) ?? throw new ArgumentException($"'{name}' has type {tensor.dtype}; {ElementType.Names} can be written.", nameof(tensor));

    private static byte[] Header(IReadOnlyList<StoredTensor> entries, IReadOnlyDictionary<string, string>? metadata)
    {
        using var text = new MemoryStream();
        text.Write(new byte[Alignment]);
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            WriteMetadata(json, metadata);
            foreach (var entry in entries)
            {
                WriteEntry(json, entry);
            }

            json.WriteEndObject();
        }

        while (text.Length % Alignment is not 0)
        {
            text.WriteByte((byte)' ');
        }

        var header = text.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(header, header.Length - Alignment);
        return header;
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is null)
        {
            return;
        }

        json.WriteStartObject("__metadata__");
        foreach (var (name, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, StoredTensor entry)
    {
        json.WriteStartObject(entry.Name);
        json.WriteString("dtype", entry.Type.Name);
        json.WriteStartArray("shape");
        foreach (var size in entry.Shape)
        {
            json.WriteNumberValue(size);
        }

        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(entry.Begin);
        json.WriteNumberValue(entry.End);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
