using System.Text;
using AngelSlim.Core.Text;
using AngelSlim.Testing;
using AngelSlim.Torch.Decoding;
using Xunit;

namespace AngelSlim.Torch.Tests.Decoding;

public sealed class A_text_stream
{
    private static readonly Tokenizer Words = Tokenizer.Load(Path.Combine(Golden.Root, "experiments", "builtin", "tiny-text"));

    [Theory]
    [InlineData("the end", "one two the end three", "one two ")]
    [InlineData("e", "one two", "on")]
    [InlineData("one", "one two", "")]
    [InlineData("aab", "aaab", "a")]
    [InlineData("é!", "oh, é and é!", "oh, é and ")]
    [InlineData("\n\n", "first\nsecond\n\nthird", "first\nsecond")]
    [InlineData("never", "one neve two", "one neve two")]
    public void Ends_before_a_stop_string_wherever_tokens_begin_and_end(string stop, string text, string expected)
    {
        foreach (var ids in new[] { Words.Encode(text).Ids, ByByte(text) })
        {
            var (stream, pieces) = Streamed(ids, stop);
            Assert.Equal(expected, stream.Text);
            Assert.Equal(expected, string.Concat(pieces));
            Assert.Equal(expected == text ? null : stop, stream.Stop);
        }
    }

    [Fact]
    public void Ends_before_the_stop_string_that_is_whole_first() => Assert.Equal("ab", Streamed(ByByte("abcd"), "bcd", "c", "d").Stream.Text);

    [Fact]
    public void Hands_over_whole_characters_only()
    {
        var pieces = Streamed(ByByte("a€😀b")).Pieces;
        Assert.Equal(["a", "€", "😀", "b"], pieces);
    }

    [Fact]
    public void Holds_back_what_may_begin_a_stop_string_and_no_more()
    {
        var pieces = new List<string>();
        var stream = new TextStream(new TextRules(Words, ["<end>"]), pieces.Add);
        foreach (var id in ByByte("a<e<en"))
        {
            Assert.False(stream.Take(id));
        }

        Assert.Equal("a<e", string.Concat(pieces));
        stream.End();
        Assert.Equal("a<e<en", string.Concat(pieces));
    }

    [Fact]
    public void Makes_a_character_of_bytes_that_are_none()
    {
        // The first byte of a character, twice: the first is none for certain when the second comes, the second when nothing follows.
        var half = ByByte("€")[0];
        var (stream, pieces) = Streamed([half, half]);
        Assert.Equal("��", stream.Text);
        Assert.Equal(2, pieces.Count);
    }

    /// <summary>Random texts of characters of one to four bytes, cut into bytes or tokens, with stop strings of their own characters.</summary>
    [Fact]
    public void Is_the_decoded_text_up_to_the_first_stop_string()
    {
        var random = new Random(1);
        string[] letters = ["a", "b", " ", "é", "€", "😀"];
        string Text(int most) => string.Concat(Enumerable.Range(0, random.Next(1, most)).Select(_ => letters[random.Next(letters.Length)]));
        for (var trial = 0; trial < 2000; trial++)
        {
            var (text, stops) = (Text(24), new[] { Text(5), Text(4) });
            var first = Enumerable.Range(0, text.Length + 1).First(length => length == text.Length || Ended(text[..length], stops).Any());
            var expected = text[..Ended(text[..first], stops).DefaultIfEmpty(text.Length).Min()];

            var found = Streamed(trial % 2 is 0 ? Words.Encode(text).Ids : ByByte(text), stops).Stream.Text;
            Assert.True(expected == found, $"'{text}' until {string.Join(" or ", stops)}: '{found}'");
        }
    }

    private static IEnumerable<int> Ended(string text, string[] stops) =>
        stops.Where(stop => text.EndsWith(stop, StringComparison.Ordinal)).Select(stop => text.Length - stop.Length);

    private static (TextStream Stream, List<string> Pieces) Streamed(IReadOnlyList<int> ids, params string[] stops)
    {
        var pieces = new List<string>();
        var stream = new TextStream(new TextRules(Words, stops), pieces.Add);
        if (!ids.Any(id => stream.Take(id)))
        {
            stream.End();
        }

        Assert.DoesNotContain("", pieces);
        return (stream, pieces);
    }

    /// <summary>A token for each byte.</summary>
    private static int[] ByByte(string text) =>
        [.. Encoding.UTF8.GetBytes(text).Select(value => Enumerable.Range(0, Words.VocabularySize).First(id => Words.BytesOf(id) is [var only] && only == value))];
}
