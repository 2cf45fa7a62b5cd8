using System.Buffers;
using System.Globalization;
using System.Text;
using AngelSlim.Core.Text.Tokenizers.Patterns;

namespace AngelSlim.Core.Text.Tokenizers;

/// <summary>Finds added tokens in a text: leftmost, then longest.</summary>
internal sealed class AddedTokens
{
    private readonly Node _root = new();
    private readonly SearchValues<char> _firsts;

    /// <param name="tokens">Tokens with the text that each is found as.</param>
    public AddedTokens(IEnumerable<(string Text, AddedToken Token)> tokens)
    {
        foreach (var (text, token) in tokens)
        {
            var node = _root;
            foreach (var character in text)
            {
                node = node.Next.TryGetValue(character, out var next) ? next : node.Next[character] = new Node();
            }

            // Two contents may be one when normalised: the reference keeps the first.
            node.Token ??= token;
        }

        _firsts = SearchValues.Create([.. _root.Next.Keys]);
    }

    /// <summary>A part of a text: an added token, or text between two of them.</summary>
    public readonly record struct Part(int Start, int End, AddedToken? Token);

    /// <summary>The text's parts in order, none of the texts between empty.</summary>
    public List<Part> Split(ReadOnlySpan<char> text)
    {
        var parts = new List<Part>();
        var last = 0;
        for (var at = NextCandidate(text, 0); at < text.Length;)
        {
            var (length, token) = LongestAt(text[at..]);
            if (token is null)
            {
                at = NextCandidate(text, at + 1);
                continue;
            }

            var (start, end) = (at, at + length);
            at = NextCandidate(text, end);
            if (token.SingleWord && (EndsInWord(text[..start]) || BeginsWithWord(text[end..])))
            {
                // The search goes on behind it: a shorter token in the same place is not tried.
                continue;
            }

            start = token.SwallowsBefore ? Math.Max(last, WithoutSpaceAtEnd(text[..start])) : start;
            end += token.SwallowsAfter ? SpaceAtStart(text[end..]) : 0;
            if (last < start)
            {
                parts.Add(new Part(last, start, null));
            }

            parts.Add(new Part(start, end, token));
            last = end;
        }

        if (last < text.Length)
        {
            parts.Add(new Part(last, text.Length, null));
        }

        return parts;
    }

    private int NextCandidate(ReadOnlySpan<char> text, int from)
    {
        var found = text[from..].IndexOfAny(_firsts);
        return found < 0 ? text.Length : from + found;
    }

    private (int Length, AddedToken? Token) LongestAt(ReadOnlySpan<char> text)
    {
        var (node, longest) = (_root, (0, (AddedToken?)null));
        for (var length = 0; length < text.Length && node.Next.TryGetValue(text[length], out node!);)
        {
            length++;
            longest = node.Token is { } token ? (length, token) : longest;
        }

        return longest;
    }

    private static bool EndsInWord(ReadOnlySpan<char> text) =>
        Rune.DecodeLastFromUtf16(text, out var rune, out _) is OperationStatus.Done && IsWord(rune);

    private static bool BeginsWithWord(ReadOnlySpan<char> text) =>
        Rune.DecodeFromUtf16(text, out var rune, out _) is OperationStatus.Done && IsWord(rune);

    /// <summary><c>\w</c> of the reference: alphabetic characters, marks, decimal digits, connectors, and the two joiners.</summary>
    private static bool IsWord(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        <= UnicodeCategory.LetterNumber => true,
        UnicodeCategory.ConnectorPunctuation => true,
        UnicodeCategory.Format => rune.Value is 0x200C or 0x200D,
        UnicodeCategory.OtherSymbol => rune.Value is (>= 0x24B6 and <= 0x24E9)
            or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189),
        _ => false,
    };

    private static int WithoutSpaceAtEnd(ReadOnlySpan<char> text)
    {
        var end = text.Length;
        while (end > 0 && ClassParser.IsWhiteSpace(text[end - 1]))
        {
            end--;
        }

        return end;
    }

    private static int SpaceAtStart(ReadOnlySpan<char> text)
    {
        var count = 0;
        while (count < text.Length && ClassParser.IsWhiteSpace(text[count]))
        {
            count++;
        }

        return count;
    }

    private sealed class Node
    {
        public Dictionary<char, Node> Next { get; } = [];

        public AddedToken? Token { get; set; }
    }
}
