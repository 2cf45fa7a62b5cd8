using System.Text;
using AngelSlim.Core.Text;
using Xunit;

namespace AngelSlim.Core.Tests.Text;

public sealed class A_trained_tokenizer : IDisposable
{
    private static readonly string[] Specials = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"];
    private readonly string _folder = Directory.CreateTempSubdirectory("trained").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Merges_the_most_frequent_pair_first_and_the_lower_ids_among_equals()
    {
        // "abab" twice and "cd" twice: ab stands 4 times; then abab, of two new tokens, and cd 2 times each; c and d have the lower ids.
        var tokenizer = Train(["abab abab", "cd1cd"], 256 + 3 + 3);

        Assert.Equal(256, tokenizer.IdOf("ab"));
        Assert.Equal(257, tokenizer.IdOf("cd"));
        Assert.Equal(258, tokenizer.IdOf("abab"));
        Assert.Equal(259, tokenizer.IdOf("<|endoftext|>"));
        Assert.Equal(262, tokenizer.VocabularySize);
        Assert.True(tokenizer.IsSpecial(261));
    }

    [Fact]
    public void Stops_when_no_pair_stands_twice() => Assert.Equal(256 + 3, Train(["abc"], 1000).VocabularySize);

    [Fact]
    public void Learns_nothing_from_special_tokens() =>
        Assert.Equal(256 + 3, Train(["<|im_start|>a<|im_end|><|im_start|>b<|im_end|>"], 1000).VocabularySize);

    [Fact]
    public void Gives_equal_bytes_for_the_same_words_in_another_order()
    {
        string[] texts = ["the cat and the hat", "é e\u0301 日本 日本", "a lone \ud800 surrogate", "the end, the END"];
        Train(texts, 300);
        var first = File.ReadAllBytes(Path.Combine(_folder, "tokenizer.json"));
        Train(texts.Reverse(), 300);

        Assert.Equal(first, File.ReadAllBytes(Path.Combine(_folder, "tokenizer.json")));
    }

    [Fact]
    public void Encodes_what_it_was_trained_on_in_fewer_tokens_and_gives_the_text_back()
    {
        var text = string.Concat(Enumerable.Repeat("The quick brown fox, 日本語 and 123.\n", 3));
        var tokenizer = Train([text], 400);
        var tokens = tokenizer.Encode(text);

        Assert.Equal(text, tokenizer.Decode(tokens.Ids));
        Assert.InRange(tokens.Ids.Length, 1, Encoding.UTF8.GetByteCount(text) / 2);
    }

    private Tokenizer Train(IEnumerable<string> texts, int vocabularySize)
    {
        BpeTrainer.Train(texts, vocabularySize, Specials, _folder);
        return Tokenizer.Load(_folder);
    }
}
