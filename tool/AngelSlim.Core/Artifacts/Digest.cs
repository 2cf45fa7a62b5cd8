using System.Security.Cryptography;
using System.Text;

namespace AngelSlim.Core.Artifacts;

/// <summary>SHA-256 of some content, as 64 lower-case hexadecimal digits. Says what bytes are, never where they lie.</summary>
internal sealed record Digest
{
    private Digest(string hex) => Hex = hex;

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public string Hex { get; }

    /// <summary>Of bytes in memory.</summary>
    public static Digest Of(ReadOnlySpan<byte> bytes) => new(Convert.ToHexStringLower(SHA256.HashData(bytes)));

    /// <summary>Of a text's UTF-8 bytes.</summary>
    public static Digest Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    /// <summary>Of a file, read from start to end.</summary>
    public static Digest OfFile(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 1 << 20, FileOptions.SequentialScan);
        return Of(file);
    }

    /// <summary>Of what a stream still holds.</summary>
    public static Digest Of(Stream bytes) => new(Convert.ToHexStringLower(SHA256.HashData(bytes)));

    /// <summary>A digest that was written down.</summary>
    /// <exception cref="FormatException">It is not 64 lower-case hexadecimal digits.</exception>
    public static Digest Parse(string hex) =>
        IsDigest(hex) ? new(hex) : throw new FormatException($"A digest has 64 lower-case hexadecimal digits, not '{hex}'.");

    /// <summary>A text is a digest that was written down.</summary>
    public static bool IsDigest(string text) => text.Length is 64 && text.All(char.IsAsciiHexDigitLower);

    /// <inheritdoc/>
    public override string ToString() => Hex;
}
