using System.Buffers.Binary;
using System.Text.Json;
using AngelSlim.Core.Artifacts;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tensors;

/// <summary>Writes safetensors files: the same tensors give the same bytes.</summary>
internal static class SafetensorsWriter
{
    private const int Alignment = 8;
    private const int Chunk = 1 << 20;

    /// <summary>Writes beside the path, flushes to the disk, and takes the path's name: nobody ever sees half a file, and once this returns a power cut leaves the whole one.</summary>
    /// <param name="path">Replaced if it is there.</param>
    /// <param name="tensors">By name; any device and layout.</param>
    /// <param name="metadata">Free text; none is written when there is none.</param>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        // Larger elements first, as the reference implementation: so every tensor is aligned.
        var ordered = tensors
            .Select(pair => (Name: pair.Key, Tensor: pair.Value, Type: TypeOf(pair.Key, pair.Value)))
            .OrderByDescending(entry => entry.Type.Bytes)
            .ThenBy(entry => entry.Name, StringComparer.Ordinal)
            .ToList();
        var header = Header([.. ordered.Select(entry => (entry.Name, entry.Tensor.shape, entry.Type))], metadata);
        var temporary = path + ".part";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, Chunk))
        {
            file.Write(header);
            foreach (var (_, tensor, _) in ordered)
            {
                using var scope = NewDisposeScope();
                tensor.detach().cpu().contiguous().WriteBytesToStream(file, Chunk);
            }

            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        Durable.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    private static ElementType TypeOf(string name, Tensor tensor) =>
        ElementType.Of(tensor.dtype) ?? throw new ArgumentException($"'{name}' has type {tensor.dtype}; {ElementType.Names} can be written.", nameof(tensor));

    private static byte[] Header(IReadOnlyList<(string Name, long[] Shape, ElementType Type)> entries, IReadOnlyDictionary<string, string>? metadata)
    {
        using var text = new MemoryStream();
        text.Write(new byte[Alignment]);
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            WriteMetadata(json, metadata);
            var place = 0L;
            foreach (var (name, shape, type) in entries)
            {
                var end = shape.Aggregate((long)type.Bytes, (product, size) => product * size) + place;
                WriteEntry(json, name, type, shape, (place, end));
                place = end;
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

    private static void WriteEntry(Utf8JsonWriter json, string name, ElementType type, long[] shape, (long Begin, long End) place)
    {
        json.WriteStartObject(name);
        json.WriteString("dtype", type.Name);
        json.WriteStartArray("shape");
        foreach (var size in shape)
        {
            json.WriteNumberValue(size);
        }

        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(place.Begin);
        json.WriteNumberValue(place.End);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
