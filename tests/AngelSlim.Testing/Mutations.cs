using System.Text;

namespace AngelSlim.Testing;

/// <summary>Sound inputs, damaged: bytes changed, cut out, doubled, moved, and words of the input's own language put in.</summary>
/// <param name="sound">What is damaged, one after the other.</param>
/// <param name="words">What an attacker would write: marks, numbers without measure, what nests.</param>
/// <param name="seed">The same seed gives the same inputs.</param>
public sealed class Mutations(IReadOnlyList<byte[]> sound, IReadOnlyList<string> words, int seed)
{
    private const int MostChanges = 4;
    private const int LongestPart = 60;
    private readonly Random _random = new(seed);
    private int _next;

    /// <summary>How many inputs of a kind are tried: 10,000, with <c>ANGELSLIM_LONG=1</c> ten times as many.</summary>
    public static int Count => Environment.GetEnvironmentVariable("ANGELSLIM_LONG") is "1" ? 100_000 : 10_000;

    /// <summary>The next damaged input.</summary>
    public byte[] Next()
    {
        var bytes = sound[_next++ % sound.Count].ToList();
        for (var change = _random.Next(1, MostChanges + 1); change > 0; change--)
        {
            Change(bytes);
        }

        return [.. bytes];
    }

    private void Change(List<byte> bytes)
    {
        var at = _random.Next(bytes.Count + 1);
        var length = Math.Min(_random.Next(1, LongestPart), bytes.Count - at);
        switch (_random.Next(7))
        {
            case 0 when at < bytes.Count:
                bytes[at] = (byte)_random.Next(256);
                break;
            case 1:
                bytes.RemoveRange(at, length);
                break;
            case 2:
                bytes.InsertRange(_random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                break;
            case 3 when _random.Next(8) is 0:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 4 when at < bytes.Count:
                ReplaceNumber(bytes, at);
                break;
            default:
                bytes.InsertRange(at, Encoding.UTF8.GetBytes(words[_random.Next(words.Count)]));
                break;
        }
    }

    /// <summary>The number that stands here or behind gets another size.</summary>
    private void ReplaceNumber(List<byte> bytes, int from)
    {
        string[] numbers = ["-1", "0", "2147483648", "9223372036854775807", "18446744073709551616", "1e400", "0.5"];
        var start = bytes.FindIndex(from, value => value is >= (byte)'0' and <= (byte)'9');
        if (start >= 0)
        {
            var end = bytes.FindIndex(start, value => value is < (byte)'0' or > (byte)'9');
            bytes.RemoveRange(start, (end < 0 ? bytes.Count : end) - start);
            bytes.InsertRange(start, Encoding.UTF8.GetBytes(numbers[_random.Next(numbers.Length)]));
        }
    }
}
