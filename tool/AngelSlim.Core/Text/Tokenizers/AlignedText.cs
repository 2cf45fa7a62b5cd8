using System.Text;

namespace AngelSlim.Core.Text.Tokenizers;

/// <summary>A text on its way through the tokenizer, and where each of its UTF-16 units came from.</summary>
/// <param name="Text">As it is now: well-formed UTF-16.</param>
/// <param name="Origins">For each unit the span of the input's character that it stands for; null where the text is the input itself.</param>
internal sealed record AlignedText(string Text, TextSpan[]? Origins = null)
{
    /// <summary>An input. A lone surrogate, one unit, is replaced by U+FFFD, also one unit.</summary>
    public static AlignedText Of(string text) => new(
        text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') ? string.Concat(text.EnumerateRunes()) : text);

    /// <summary>The span of the input that units <c>[start, end)</c> of this text stand for; both on character borders.</summary>
    public TextSpan Origin(int start, int end) =>
        Origins is null ? new TextSpan(start, end)
        : start == end ? new TextSpan(Origins[start].Start, Origins[start].Start)
        : new TextSpan(Origins[start].Start, Origins[end - 1].End);

    /// <summary>The part <c>[start, end)</c> with a space before it, which has the span of the part's first character.</summary>
    public AlignedText WithSpaceBefore(int start, int end)
    {
        var origins = new TextSpan[end - start + 1];
        for (var i = start; i < end;)
        {
            Rune.DecodeFromUtf16(Text.AsSpan(i, end - i), out _, out var units);
            origins.AsSpan(i - start + 1, units).Fill(Origin(i, i + units));
            i += units;
        }

        origins[0] = origins[1];
        return new AlignedText(string.Concat(" ", Text.AsSpan(start, end - start)), origins);
    }
}

/// <summary>A part <c>[Start, End)</c> of an aligned text, never empty.</summary>
internal readonly record struct Piece(AlignedText Source, int Start, int End)
{
    /// <summary>Its characters.</summary>
    public ReadOnlySpan<char> Characters => Source.Text.AsSpan(Start, End - Start);
}
