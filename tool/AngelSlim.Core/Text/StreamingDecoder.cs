using System.Text;

namespace AngelSlim.Core.Text;

/// <summary>Turns ids into text as they come. An unfinished character is held back until it is finished or cannot become one.</summary>
/// <remarks>What <see cref="Push"/> and <see cref="Finish"/> give, joined, is what decoding all ids at once gives.</remarks>
internal sealed class StreamingDecoder(Tokenizer tokenizer, bool skipSpecial)
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

    /// <summary>The text that became final with this token; often empty within a character.</summary>
    public string Push(int id) =>
        skipSpecial && tokenizer.IsSpecial(id) ? "" : Read(tokenizer.BytesOf(id), flush: false);

    /// <summary>What was held back, as U+FFFD.</summary>
    public string Finish() => Read([], flush: true);

    private string Read(ReadOnlySpan<byte> bytes, bool flush)
    {
        var characters = new char[_decoder.GetCharCount(bytes, flush)];
        return new string(characters, 0, _decoder.GetChars(bytes, characters, flush));
    }
}
