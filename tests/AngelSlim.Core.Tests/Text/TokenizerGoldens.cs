using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AngelSlim.Core.Text;

namespace AngelSlim.Core.Tests.Text;

/// <summary>The inputs that all tokenizers are judged with.</summary>
internal static class TokenizerGoldens
{
    /// <summary>The strings of <c>strings.json</c>.</summary>
    public static List<string> Strings(string file) =>
        [.. Parse(file).EnumerateArray().Select(row => row.TryGetProperty("text", out var text)
            ? text.GetString()!
            : string.Concat(Enumerable.Repeat(row.GetProperty("repeat")[0].GetString(), row.GetProperty("repeat")[1].GetInt32())))];

    public static JsonElement Parse(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        return document.RootElement.Clone();
    }

    public static int[] Integers(JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetInt32())];

    public static TextSpan[] Spans(JsonElement list) =>
        [.. list.EnumerateArray().Select(item => new TextSpan(item[0].GetInt32(), item[1].GetInt32()))];

    public static IEnumerable<int> Flat(IEnumerable<TextSpan> spans) => spans.SelectMany(span => new[] { span.Start, span.End });

    /// <summary>SHA-256, in hexadecimal, of integers as little-endian int32.</summary>
    public static string Digest(IEnumerable<int> integers)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, integers);
        return Hex(hash);
    }

    public static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public static void Append(IncrementalHash hash, IEnumerable<int> integers)
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (var integer in integers)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes, integer);
            hash.AppendData(bytes);
        }
    }

    /// <summary>A text's length in bytes, and its UTF-8.</summary>
    public static void Append(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Append(hash, [bytes.Length]);
        hash.AppendData(bytes);
    }

    public static string Hex(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset());
}
