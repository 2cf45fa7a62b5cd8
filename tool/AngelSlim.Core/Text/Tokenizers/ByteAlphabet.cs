using System.Text;

namespace AngelSlim.Core.Text.Tokenizers;

/// <summary>GPT-2's alphabet: one printable character for each byte, so that a vocabulary of bytes can be written as text.</summary>
/// <remarks>Printable Latin-1 stands for itself; the other 68 bytes are, in order, U+0100 and what follows (space is <c>Ġ</c>).</remarks>
internal static class ByteAlphabet
{
    private static readonly char[] Characters = [.. Enumerable.Range(0, 256).Select(CharacterOfByte)];
    private static readonly Dictionary<char, byte> Bytes = Characters.Index().ToDictionary(pair => pair.Item, pair => (byte)pair.Index);

    /// <summary>The character that stands for a byte.</summary>
    public static char CharacterOf(byte value) => Characters[value];

    /// <summary>A token of bytes as the vocabulary writes it.</summary>
    public static string Write(ReadOnlySpan<byte> bytes)
    {
        var written = new StringBuilder(bytes.Length);
        foreach (var value in bytes)
        {
            written.Append(Characters[value]);
        }

        return written.ToString();
    }

    /// <summary>
    /// The bytes of a token: of the alphabet's characters if it has no others, else the token's own text in UTF-8.
    /// The reference decides it for a token as a whole, added tokens included: <c>café</c> ends in the byte E9.
    /// </summary>
    public static byte[] Read(string token)
    {
        var bytes = new byte[token.Length];
        for (var i = 0; i < token.Length; i++)
        {
            if (!Bytes.TryGetValue(token[i], out bytes[i]))
            {
                return Encoding.UTF8.GetBytes(token);
            }
        }

        return bytes;
    }

    private static char CharacterOfByte(int value) => value switch
    {
        <= 0x20 => (char)(0x100 + value),
        >= 0x7F and <= 0xA0 => (char)(0x121 + value - 0x7F),
        0xAD => 'Ń',
        _ => (char)value,
    };
}
