using System.Text;
using System.Text.Json;

namespace AngelSlim.Core.Tests.Text;

/// <summary>The 20,000 strings that <c>fuzz-alphabet.json</c> describes.</summary>
internal sealed class FuzzStrings
{
    private readonly List<(int Weight, bool IsRange, JsonElement[] Items)> _kinds;
    private readonly int _total;
    private ulong _state;

    private FuzzStrings(JsonElement alphabet)
    {
        _state = alphabet.GetProperty("seed").GetUInt64();
        _kinds = [.. alphabet.GetProperty("kinds").EnumerateArray()
            .Select(kind => (kind[0].GetInt32(), kind[1].GetString() == "range", kind[2].EnumerateArray().ToArray()))];
        _total = _kinds.Sum(kind => kind.Weight);
    }

    public static List<string> Read(string file)
    {
        var alphabet = TokenizerGoldens.Parse(file);
        var strings = new FuzzStrings(alphabet);
        return [.. Enumerable.Range(0, alphabet.GetProperty("strings").GetInt32()).Select(_ => strings.NextString())];
    }

    private string NextString()
    {
        var text = new StringBuilder();
        for (var pieces = Next(25); pieces > 0; pieces--)
        {
            var piece = NextPiece();
            text.Insert(text.Length, piece, Next(12) == 0 ? 1 + Next(6) : 1);
        }

        return text.ToString();
    }

    private string NextPiece()
    {
        var weight = Next(_total);
        var kind = 0;
        for (; weight >= _kinds[kind].Weight; kind++)
        {
            weight -= _kinds[kind].Weight;
        }

        var item = _kinds[kind].Items[Next(_kinds[kind].Items.Length)];
        if (!_kinds[kind].IsRange)
        {
            return item.GetString()!;
        }

        var (low, high) = (item[0].GetInt32(), item[1].GetInt32());
        return new Rune(low + Next(high - low + 1)).ToString();
    }

    private int Next(int below)
    {
        _state = unchecked((_state * 6364136223846793005) + 1442695040888963407);
        return (int)((_state >> 33) % (ulong)below);
    }
}
