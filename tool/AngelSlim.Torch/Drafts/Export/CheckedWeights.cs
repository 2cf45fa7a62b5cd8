using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Torch.Drafts.Export;

/// <summary>A tensor as its safetensors header states it.</summary>
/// <param name="Type">The header's own word: <c>BF16</c>, <c>F32</c>, <c>I64</c>, <c>BOOL</c>.</param>
/// <param name="Shape">Sizes.</param>
/// <param name="Start">First byte, counted from the start of the file.</param>
/// <param name="Bytes">Length.</param>
internal sealed record CheckedTensor(string Type, long[] Shape, long Start, long Bytes);

/// <summary>A safetensors file, read with nothing but the format's description in hand.</summary>
internal sealed class CheckedWeights : IDisposable
{
    private const int LargestHeader = 1 << 24;
    private const int Block = 1 << 20;

    private readonly FileStream _file;

    private CheckedWeights(FileStream file, IReadOnlyDictionary<string, CheckedTensor> tensors) => (_file, Tensors) = (file, tensors);

    public IReadOnlyDictionary<string, CheckedTensor> Tensors { get; }

    /// <summary>Reads the header and checks that the tensors fill the file from the header's end to its own, without gap or overlap.</summary>
    /// <returns>Null when they do not.</returns>
    public static CheckedWeights? Open(string path, List<string> faults)
    {
        if (!File.Exists(path))
        {
            faults.Add("model.safetensors is missing");
            return null;
        }

        var file = File.OpenRead(path);
        var tensors = Header(file, faults);
        if (tensors is null)
        {
            file.Dispose();
            return null;
        }

        return new CheckedWeights(file, tensors);
    }

    /// <summary>All values of an int64 tensor; null when it has another type or size.</summary>
    public long[]? Integers(string name, long count) =>
        Tensors.TryGetValue(name, out var tensor) && tensor.Type is "I64" && tensor.Shape is [var size] && size == count
            ? [.. MemoryMarshal.Cast<byte, long>(Bytes(tensor).AsSpan())]
            : null;

    /// <summary>All bytes of a boolean tensor; null when it has another type or size.</summary>
    public byte[]? Flags(string name, long count) =>
        Tensors.TryGetValue(name, out var tensor) && tensor.Type is "BOOL" && tensor.Shape is [var size] && size == count ? Bytes(tensor) : null;

    /// <summary>A tensor has the type, the shape and the bytes of one of another file.</summary>
    public bool IsSame(string name, CheckedWeights other, string otherName)
    {
        if (!Tensors.TryGetValue(name, out var one) || !other.Tensors.TryGetValue(otherName, out var two)
            || one.Type != two.Type || one.Bytes != two.Bytes || !one.Shape.SequenceEqual(two.Shape))
        {
            return false;
        }

        var (ours, theirs) = (new byte[Block], new byte[Block]);
        (_file.Position, other._file.Position) = (one.Start, two.Start);
        for (var left = one.Bytes; left > 0; left -= Block)
        {
            var size = (int)Math.Min(Block, left);
            _file.ReadExactly(ours, 0, size);
            other._file.ReadExactly(theirs, 0, size);
            if (!ours.AsSpan(0, size).SequenceEqual(theirs.AsSpan(0, size)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Names every weight that holds an infinity or a value that is no number.</summary>
    public void CheckFinite(List<string> faults)
    {
        foreach (var (name, tensor) in Tensors.OrderBy(pair => pair.Value.Start))
        {
            if (tensor.Type is "BF16" or "F32" && FirstNotFinite(tensor) is { } index)
            {
                faults.Add($"{name} holds an infinity or no number at element {index}");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private long? FirstNotFinite(CheckedTensor tensor)
    {
        var buffer = new byte[Block];
        _file.Position = tensor.Start;
        for (var done = 0L; done < tensor.Bytes;)
        {
            var bytes = buffer.AsSpan(0, (int)Math.Min(Block, tensor.Bytes - done));
            _file.ReadExactly(bytes);
            var found = tensor.Type is "BF16" ? FirstNotFinite16(bytes) : FirstNotFinite32(bytes);
            var width = tensor.Type is "BF16" ? sizeof(ushort) : sizeof(uint);
            if (found >= 0)
            {
                return (done / width) + found;
            }

            done += bytes.Length;
        }

        return null;
    }

    /// <summary>An exponent of ones means infinity or no number, in both types.</summary>
    private static int FirstNotFinite16(ReadOnlySpan<byte> bytes)
    {
        var values = MemoryMarshal.Cast<byte, ushort>(bytes);
        for (var i = 0; i < values.Length; i++)
        {
            if ((values[i] & 0x7F80) == 0x7F80)
            {
                return i;
            }
        }

        return -1;
    }

    private static int FirstNotFinite32(ReadOnlySpan<byte> bytes)
    {
        var values = MemoryMarshal.Cast<byte, uint>(bytes);
        for (var i = 0; i < values.Length; i++)
        {
            if ((values[i] & 0x7F800000) == 0x7F800000)
            {
                return i;
            }
        }

        return -1;
    }

    private byte[] Bytes(CheckedTensor tensor)
    {
        var bytes = new byte[tensor.Bytes];
        _file.Position = tensor.Start;
        _file.ReadExactly(bytes);
        return bytes;
    }

    private static Dictionary<string, CheckedTensor>? Header(FileStream file, List<string> faults)
    {
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        if (file.Length < sizeof(ulong) || file.ReadAtLeast(length, length.Length, throwOnEndOfStream: false) < length.Length)
        {
            faults.Add("model.safetensors is shorter than its own header length");
            return null;
        }

        var size = BinaryPrimitives.ReadUInt64LittleEndian(length);
        if (size > LargestHeader || (long)size > file.Length - sizeof(ulong))
        {
            faults.Add($"model.safetensors says its header has {size} bytes; at most {LargestHeader}, and no more than the file has, should be");
            return null;
        }

        var header = new byte[size];
        file.ReadExactly(header);
        try
        {
            using var document = JsonDocument.Parse(header, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
            return Entries(document.RootElement, sizeof(ulong) + (long)size, file.Length, faults);
        }
        catch (JsonException problem)
        {
            faults.Add($"the header of model.safetensors is not JSON: {problem.Reason()}");
            return null;
        }
    }

    private static Dictionary<string, CheckedTensor>? Entries(JsonElement root, long start, long end, List<string> faults)
    {
        var tensors = new Dictionary<string, CheckedTensor>(StringComparer.Ordinal);
        if (root.ValueKind is not JsonValueKind.Object)
        {
            faults.Add("the header of model.safetensors should be one object");
            return null;
        }

        foreach (var member in root.EnumerateObject().Where(member => member.Name is not "__metadata__"))
        {
            if (Entry(member.Value, start, end) is not { } tensor)
            {
                faults.Add($"{member.Name}: its entry in the header should have dtype, shape and data_offsets that lie in the file and fit each other");
                return null;
            }

            tensors.Add(member.Name, tensor);
        }

        var next = start;
        foreach (var (name, tensor) in tensors.OrderBy(pair => pair.Value.Start).ThenBy(pair => pair.Value.Bytes))
        {
            if (tensor.Start != next)
            {
                faults.Add($"{name} starts at byte {tensor.Start} but the tensor before it ends at {next}");
                return null;
            }

            next += tensor.Bytes;
        }

        if (next != end)
        {
            faults.Add($"model.safetensors has {end} bytes but its tensors end at {next}");
            return null;
        }

        return tensors;
    }

    private static CheckedTensor? Entry(JsonElement entry, long start, long end)
    {
        if (entry.ValueKind is not JsonValueKind.Object
            || !entry.TryGetProperty("dtype", out var type) || type.ValueKind is not JsonValueKind.String
            || !entry.TryGetProperty("shape", out var sizes) || Numbers(sizes) is not { } shape
            || !entry.TryGetProperty("data_offsets", out var place) || Numbers(place) is not [var from, var to]
            || from > to || to > end - start)
        {
            return null;
        }

        var width = type.GetString() switch { "BF16" or "F16" => 2, "F32" => 4, "I64" or "F64" => 8, "BOOL" or "U8" => 1, _ => 0 };
        var bytes = shape.Aggregate((Int128)width, (product, size) => Int128.Min(product * size, long.MaxValue));
        return width > 0 && bytes == to - from ? new CheckedTensor(type.GetString()!, shape, start + from, to - from) : null;
    }

    private static long[]? Numbers(JsonElement array) =>
        array.ValueKind is JsonValueKind.Array && array.GetArrayLength() <= 8
        && array.EnumerateArray().All(number => number.ValueKind is JsonValueKind.Number && number.TryGetInt64(out var value) && value >= 0)
            ? [.. array.EnumerateArray().Select(number => number.GetInt64())]
            : null;
}
