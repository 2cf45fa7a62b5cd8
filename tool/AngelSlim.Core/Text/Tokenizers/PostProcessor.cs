using System.Text;

namespace AngelSlim.Core.Text.Tokenizers;

/// <summary>What the file does after encoding: special tokens around the text, and trimmed spans for those who ask for them.</summary>
internal sealed record PostProcessor
{
    /// <summary>Ids before the text (BOS).</summary>
    public IReadOnlyList<int> Before { get; init; } = [];

    /// <summary>Ids behind the text (EOS).</summary>
    public IReadOnlyList<int> After { get; init; } = [];

    /// <summary><c>trim_offsets</c>: white space at a token's ends is no part of its trimmed span.</summary>
    public bool Trims { get; init; }

    /// <summary><c>add_prefix_space</c>: a single leading space at the beginning is taken for the added one and not trimmed.</summary>
    public bool SparesFirstSpace { get; init; }

    /// <summary>The trimmed spans.</summary>
    /// <param name="text">The text that the spans are of.</param>
    /// <param name="tokens">Each token as the vocabulary writes it (<c>Ġ</c> counts as a space, <c>Ċ</c> and <c>ĉ</c> do not), added ones as they stood.</param>
    /// <param name="spans">Untrimmed.</param>
    public TextSpan[] Trim(string text, IReadOnlyList<string> tokens, TextSpan[] spans)
    {
        if (!Trims)
        {
            return spans;
        }

        var trimmed = new TextSpan[spans.Length];
        for (var i = 0; i < spans.Length; i++)
        {
            var (start, end) = spans[i];
            var leading = tokens[i].TakeWhile(IsSpace).Count();
            var trailing = tokens[i].Reverse().TakeWhile(IsSpace).Count();
            if (SparesFirstSpace && leading == 1 && (i == 0 || start == 0))
            {
                leading = 0;
            }

            // The reference counts characters and moves an end only if the text before it is long enough.
            start = Math.Min(Moved(text, start, leading, end), end);
            end = CountsAtLeast(text, end, trailing) ? Math.Max(MovedBack(text, end, trailing), start) : end;
            trimmed[i] = new TextSpan(start, end);
        }

        return trimmed;
    }

    private static bool IsSpace(char character) => character == 'Ġ' || char.IsWhiteSpace(character);

    private static int Moved(string text, int from, int characters, int limit)
    {
        for (; characters > 0 && from < limit; characters--)
        {
            Rune.DecodeFromUtf16(text.AsSpan(from), out _, out var units);
            from += units;
        }

        return from;
    }

    private static int MovedBack(string text, int from, int characters)
    {
        for (; characters > 0 && from > 0; characters--)
        {
            Rune.DecodeLastFromUtf16(text.AsSpan(0, from), out _, out var units);
            from -= units;
        }

        return from;
    }

    private static bool CountsAtLeast(string text, int end, int characters)
    {
        for (; characters > 0 && end > 0; characters--)
        {
            end = MovedBack(text, end, 1);
        }

        return characters == 0;
    }
}
