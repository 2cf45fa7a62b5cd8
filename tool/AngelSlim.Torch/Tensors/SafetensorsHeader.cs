using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Torch.Tensors;

/// <summary>One tensor of a safetensors file, as its header says and as checked against the file.</summary>
/// <param name="Name">Unique in the file.</param>
/// <param name="Type">Its elements.</param>
/// <param name="Shape">At most <see cref="SafetensorsHeader.MostAxes"/> sizes; a size may be 0.</param>
/// <param name="Begin">Its first byte, counted from the start of the file.</param>
/// <param name="End">One behind its last byte.</param>
internal sealed record StoredTensor(string Name, ElementType Type, IReadOnlyList<long> Shape, long Begin, long End)
{
    /// <summary>Bytes of an entry along the first axis.</summary>
    public long BytesPerEntry { get; } = Shape.Skip(1).Aggregate((long)Type.Bytes, (product, size) => product * size);
}

/// <summary>The header of a safetensors file: 8 bytes length, little-endian, then JSON; data behind it without holes.</summary>
/// <remarks>
/// A header comes from outside and is believed in nothing: length, encoding, depth, names, types, sizes, products and
/// places are checked against the file before any byte of data is touched.
/// </remarks>
internal sealed class SafetensorsHeader
{
    /// <summary>As the reference implementation's limit.</summary>
    public const int LongestHeader = 100_000_000;

    /// <summary>More axes than any model has.</summary>
    public const int MostAxes = 8;

    private const int LengthBytes = 8;
    private const int DeepestJson = 3;
    private const string AskAgain = "Fetch or write the file again.";
    private readonly string _path;
    private readonly long _dataBegin;
    private readonly Dictionary<string, StoredTensor> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);

    private SafetensorsHeader(string path, long dataBegin, long fileLength) => (_path, _dataBegin, FileLength) = (path, dataBegin, fileLength);

    /// <summary>Bytes of the file itself; where the path is a link, of what it leads to.</summary>
    public long FileLength { get; }

    /// <summary>By name.</summary>
    public IReadOnlyDictionary<string, StoredTensor> Tensors => _tensors;

    /// <summary>The file's free text, by name.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>Reads and checks the header.</summary>
    /// <exception cref="DataException">The file is not a safetensors file that says the truth about itself.</exception>
    public static SafetensorsHeader Read(string path)
    {
        using var file = File.OpenHandle(path);
        var length = RandomAccess.GetLength(file);
        Span<byte> prefix = stackalloc byte[LengthBytes];
        if (length < LengthBytes || RandomAccess.Read(file, prefix, 0) != LengthBytes)
        {
            throw Wrong(path, $"a header length of {LengthBytes} bytes expected at byte 0, {length} bytes found");
        }

        var size = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (size is < 2 or > LongestHeader || (long)size > length - LengthBytes)
        {
            throw Wrong(path, $"the header length at byte 0 should be 2 to {Math.Min(LongestHeader, Math.Max(length - LengthBytes, 2))}, {size} found");
        }

        var text = new byte[size];
        if (RandomAccess.Read(file, text, LengthBytes) != text.Length)
        {
            throw Wrong(path, $"{size} bytes of header expected at byte {LengthBytes}, fewer found");
        }

        var header = new SafetensorsHeader(path, LengthBytes + text.Length, length);
        header.Parse(text);
        header.CheckPlaces(length);
        return header;
    }

    private static DataException Wrong(string path, string message, Exception? inner = null) =>
        new(ProblemCode.BadWeights, $"not a sound safetensors file: {message}. {AskAgain}", new TextPlace(path), inner);

    private static long At(in Utf8JsonReader reader) => LengthBytes + reader.TokenStartIndex;

    private void Parse(byte[] text)
    {
        try
        {
            // The reader does not look inside strings; escapes of half characters are refused where strings are taken.
            _ = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetCharCount(text);
            var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = DeepestJson });
            Expect(ref reader, JsonTokenType.StartObject, "an object");
            while (NextName(ref reader, out var name))
            {
                if (name is "__metadata__")
                {
                    ParseMetadata(ref reader);
                }
                else
                {
                    ParseTensor(ref reader, name);
                }
            }

            if (reader.Read())
            {
                throw Wrong(_path, $"nothing expected behind the header's object at byte {At(reader)}");
            }
        }
        catch (DecoderFallbackException e)
        {
            throw Wrong(_path, $"UTF-8 expected in the header, other bytes found at byte {LengthBytes + e.Index}", e);
        }
        catch (JsonException e)
        {
            throw Wrong(_path, $"JSON expected in the header: {e.Reason()}", e);
        }
    }

    private void ParseMetadata(ref Utf8JsonReader reader)
    {
        if (_metadata.Count > 0)
        {
            throw Wrong(_path, $"__metadata__ stands twice, again at byte {At(reader)}");
        }

        Expect(ref reader, JsonTokenType.StartObject, "an object");
        while (NextName(ref reader, out var name))
        {
            Expect(ref reader, JsonTokenType.String, "a text");
            if (!_metadata.TryAdd(name, Text(reader)))
            {
                throw Wrong(_path, $"the metadata '{name}' stands twice, again at byte {At(reader)}");
            }
        }
    }

    private void ParseTensor(ref Utf8JsonReader reader, string name)
    {
        Expect(ref reader, JsonTokenType.StartObject, "an object");
        var start = At(reader);
        ElementType? type = null;
        List<long>? shape = null;
        List<long>? offsets = null;
        while (NextName(ref reader, out var member))
        {
            switch (member)
            {
                case "dtype" when type is null:
                    Expect(ref reader, JsonTokenType.String, "a type");
                    type = ElementType.Named(Text(reader)) ?? throw Wrong(
                        _path, $"the dtype of '{name}' at byte {At(reader)} should be one of {ElementType.Names}, '{Text(reader)}' found");
                    break;
                case "shape" when shape is null:
                    shape = Integers(ref reader, MostAxes);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = Integers(ref reader, most: 2);
                    break;
                default:
                    throw Wrong(_path, $"dtype, shape and data_offsets expected once each for '{name}', '{member}' found at byte {At(reader)}");
            }
        }

        if (type is null || shape is null || offsets is not [var begin, var end])
        {
            throw Wrong(_path, $"dtype, shape and two data_offsets expected for '{name}' at byte {start}");
        }

        if (!_tensors.TryAdd(name, Checked(name, type, shape, (begin, end))))
        {
            throw Wrong(_path, $"the tensor '{name}' stands twice, again at byte {start}");
        }
    }

    private StoredTensor Checked(string name, ElementType type, List<long> shape, (long Begin, long End) offsets)
    {
        try
        {
            // Strides are products too, also of a tensor that has no elements because one size is 0.
            var strides = shape.Aggregate((long)type.Bytes, (product, size) => checked(product * Math.Max(size, 1)));
            var bytes = shape.Contains(0) ? 0 : strides;
            var place = checked((Begin: _dataBegin + offsets.Begin, End: _dataBegin + offsets.End));
            return place.End - place.Begin == bytes
                ? new StoredTensor(name, type, shape, place.Begin, place.End)
                : throw Wrong(_path, $"'{name}', {type.Name} [{string.Join(", ", shape)}], should have {bytes} bytes; its data_offsets [{offsets.Begin}, {offsets.End}] give {offsets.End - offsets.Begin}");
        }
        catch (OverflowException e)
        {
            throw Wrong(_path, $"'{name}', {type.Name} [{string.Join(", ", shape)}] at [{offsets.Begin}, {offsets.End}], is larger than any file", e);
        }
    }

    /// <summary>Data begins behind the header, has no overlap and no hole, and ends where the file ends.</summary>
    private void CheckPlaces(long length)
    {
        var expected = _dataBegin;
        foreach (var tensor in _tensors.Values.OrderBy(tensor => tensor.Begin).ThenBy(tensor => tensor.End))
        {
            if (tensor.Begin != expected)
            {
                throw Wrong(_path, $"'{tensor.Name}' should begin at byte {expected}, where the data before it ends, but begins at byte {tensor.Begin}");
            }

            if (tensor.End > length)
            {
                throw Wrong(_path, $"'{tensor.Name}' ends at byte {tensor.End}, but the file has {length} bytes");
            }

            expected = tensor.End;
        }

        if (expected != length)
        {
            throw Wrong(_path, $"the data should end with the file at byte {length}, but ends at byte {expected}");
        }
    }

    private bool NextName(ref Utf8JsonReader reader, out string name)
    {
        _ = reader.Read();
        name = reader.TokenType is JsonTokenType.PropertyName ? Text(reader) : "";
        return reader.TokenType is JsonTokenType.PropertyName;
    }

    private void Expect(ref Utf8JsonReader reader, JsonTokenType type, string what)
    {
        if (!reader.Read() || reader.TokenType != type)
        {
            throw Wrong(_path, $"{what} expected at byte {At(reader)}, {reader.TokenType} found");
        }
    }

    private List<long> Integers(ref Utf8JsonReader reader, int most)
    {
        Expect(ref reader, JsonTokenType.StartArray, "a list");
        var numbers = new List<long>();
        while (reader.Read() && reader.TokenType is JsonTokenType.Number)
        {
            if (numbers.Count == most || !reader.TryGetInt64(out var number) || number < 0)
            {
                throw Wrong(_path, $"at most {most} whole numbers from 0 expected at byte {At(reader)}, {Encoding.UTF8.GetString(reader.ValueSpan)} found");
            }

            numbers.Add(number);
        }

        return reader.TokenType is JsonTokenType.EndArray
            ? numbers
            : throw Wrong(_path, $"a whole number expected at byte {At(reader)}, {reader.TokenType} found");
    }

    private string Text(in Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw Wrong(_path, $"a text at byte {At(reader)} escapes half a character", e);
        }
    }
}
