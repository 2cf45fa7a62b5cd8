using System.Security.Cryptography;
using System.Text.Json;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Core.Tests.Text;

/// <summary>Against the reference library, whose answers lie in each tokenizer's folder; see tests/goldens/tokenizers/README.md.</summary>
public sealed class A_tokenizer
{
    /// <summary>Every folder of golden answers, by its path.</summary>
    public static TheoryData<string> Folders => new(Golden.Cases("tokenizers", having: "cases.json"));

    [Theory]
    [MemberData(nameof(Folders))]
    public void Gives_the_reference_s_ids_spans_and_text(string folder)
    {
        if (Load(folder) is not { } tokenizer)
        {
            return;
        }

        var trims = TrimsSpans(folder);
        var strings = TokenizerGoldens.Strings(Path.Combine(folder, "..", "strings.json"));
        foreach (var expected in TokenizerGoldens.Parse(Path.Combine(folder, "cases.json")).EnumerateArray())
        {
            var text = strings[expected.GetProperty("i").GetInt32()];
            if (expected.TryGetProperty("n", out _))
            {
                IsLike(tokenizer, text, expected, trims);
            }
            else
            {
                Is(tokenizer, text, expected, trims);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Gives_the_reference_s_answers_for_random_strings(string folder)
    {
        var alphabet = Path.Combine(folder, "..", "fuzz-alphabet.json");
        if (!File.Exists(alphabet) || Load(folder) is not { } tokenizer)
        {
            return;
        }

        var trims = TrimsSpans(folder);
        var expected = TokenizerGoldens.Parse(Path.Combine(folder, "fuzz.json"));
        using var ids = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var spans = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var decoded = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (block, strings) in FuzzStrings.Read(alphabet).Chunk(1000).Index())
        {
            foreach (var text in strings)
            {
                var tokens = tokenizer.Encode(text);
                TokenizerGoldens.Append(ids, [tokens.Ids.Length, .. tokens.Ids]);
                TokenizerGoldens.Append(spans, [tokens.Ids.Length, .. TokenizerGoldens.Flat(tokens.Spans)]);
                TokenizerGoldens.Append(decoded, tokenizer.Decode(tokens.Ids));
            }

            Assert.Equal(expected.GetProperty("ids")[block].GetString(), TokenizerGoldens.Hex(ids));
            var judgedSpans = TokenizerGoldens.Hex(spans);
            Assert.Equal(trims ? judgedSpans : expected.GetProperty("offsets16")[block].GetString(), judgedSpans);
            Assert.Equal(expected.GetProperty("decoded")[block].GetString(), TokenizerGoldens.Hex(decoded));
        }
    }

    /// <summary>Over the folders that the repository carries, so that the page says the same wherever it is written; the complete set has a section of its own.</summary>
    [Fact]
    public void Is_in_the_documentation_with_what_was_compared()
    {
        const string reference = "Beside `tokenizers` 0.23.3, small vocabularies in the shape of real families. *absolute* counts the strings that differ in an id, a span (where the reference keeps white space in it) or the text that the ids decode to; *relative* is their share.";
        FidelityPage.Matches("Tokenizers", reference + " Compared are those that the repository carries.", [.. Golden.Cases("tokenizers", having: "cases.json").Where(folder => folder.StartsWith(Golden.Own(), StringComparison.Ordinal)).Select(Compared)]);
        if (Golden.Shared is not null)
        {
            FidelityPage.Matches("Tokenizers, complete", reference + " The complete set: also the real vocabularies of Qwen2, from `vocab.json` and `merges.txt`, and of SmolLM2.", [.. Golden.Cases("tokenizers", having: "cases.json").Where(folder => folder.StartsWith(Golden.Shared, StringComparison.Ordinal)).Select(Compared)]);
        }
    }

    // " b" has the id Ġb: a loss mask counts the space with the word, whatever trim_offsets says.
    [Fact]
    public void Keeps_the_space_before_a_word_in_its_span()
    {
        var tokens = Tokenizer.Load(Golden.Own("tokenizers", "added-flags")).Encode("a b");

        Assert.Equal([new TextSpan(0, 1), new TextSpan(1, 3)], tokens.Spans);
    }

    [Fact]
    public void Takes_half_of_a_surrogate_pair_for_a_replacement_character()
    {
        var tokenizer = Tokenizer.Load(Golden.Own("tokenizers", "qwen2"));

        Assert.Equal(tokenizer.Encode("a\ufffdb").Ids, tokenizer.Encode("a\ud83db").Ids);
        Assert.Equal(new TextSpan(2, 3), tokenizer.Encode("a\ud83db").Spans[^1]);
    }

    // Merging that takes the square of the length would be at this for minutes.
    [Fact]
    public void Merges_a_very_long_word_without_delay()
    {
        var tokenizer = Tokenizer.Load(Golden.Own("tokenizers", "qwen2"));
        var word = string.Concat(Enumerable.Range(0, 300_000).Select(i => (char)('你' + (i * 7919L % 97))));

        Assert.Equal(word, tokenizer.Decode(tokenizer.Encode(word).Ids));
    }

    [Fact]
    public void Decodes_nothing_for_ids_that_no_token_has() =>
        Assert.Equal("", Tokenizer.Load(Golden.Own("tokenizers", "qwen2")).Decode([-1, 600, int.MaxValue]));

    private FidelityRow Compared(string folder)
    {
        Gives_the_reference_s_ids_spans_and_text(folder);
        Gives_the_reference_s_answers_for_random_strings(folder);
        var strings = TokenizerGoldens.Parse(Path.Combine(folder, "cases.json")).GetArrayLength();
        var isRefused = Load(folder) is null;
        var refusable = TokenizerGoldens.Parse(Path.Combine(folder, "meta.json")).GetProperty("refusable");
        return new FidelityRow(
            Path.GetFileName(folder),
            isRefused ? "0 strings" : $"{strings} strings and 20,000 random ones",
            isRefused ? $"refused by name: {string.Join(", ", refusable.EnumerateArray().Select(part => part.GetString()))}" : TrimsSpans(folder) ? "ids, text" : "ids, spans, text",
            0,
            0,
            "0");
    }

    private static void Is(Tokenizer tokenizer, string text, JsonElement expected, bool trims)
    {
        var tokens = tokenizer.Encode(text);
        Assert.Equal(TokenizerGoldens.Integers(expected.GetProperty("ids")), tokens.Ids);
        // The reference's word for an added token has the white space that it swallowed.
        Assert.Equal(expected.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()!.Trim()), tokens.Ids.Select(id => tokenizer.TokenOf(id).Trim()));
        if (!trims)
        {
            Assert.Equal(TokenizerGoldens.Spans(Either(expected, "offsets16", "offsets")), tokens.Spans);
        }

        var decoded = Text(expected, "decoded") ?? text;
        Assert.Equal(decoded, tokenizer.Decode(tokens.Ids));
        Assert.Equal(Text(expected, "decodedSkip") ?? decoded, tokenizer.Decode(tokens.Ids, skipSpecial: true));
    }

    /// <summary>Long strings are written down as digests.</summary>
    private static void IsLike(Tokenizer tokenizer, string text, JsonElement expected, bool trims)
    {
        var tokens = tokenizer.Encode(text);
        Assert.Equal(expected.GetProperty("n").GetInt32(), tokens.Ids.Length);
        Assert.Equal(Text(expected, "idsSha256"), TokenizerGoldens.Digest(tokens.Ids));
        if (!trims)
        {
            Assert.Equal(Text(expected, "offsets16Sha256"), TokenizerGoldens.Digest(TokenizerGoldens.Flat(tokens.Spans)));
        }

        Assert.Equal(Text(expected, "decodedSha256"), TokenizerGoldens.Digest(tokenizer.Decode(tokens.Ids)));
        Assert.Equal(Text(expected, "decodedSkipSha256"), TokenizerGoldens.Digest(tokenizer.Decode(tokens.Ids, skipSpecial: true)));
    }

    private static JsonElement Either(JsonElement row, string first, string second) =>
        row.TryGetProperty(first, out var value) ? value : row.GetProperty(second);

    private static string? Text(JsonElement row, string name) => row.TryGetProperty(name, out var value) ? value.GetString() : null;

    /// <summary>Whether the reference's spans leave white space out (<c>trim_offsets</c>), which ours never do: such a folder judges ids and texts.</summary>
    private static bool TrimsSpans(string folder) =>
        Path.Combine(TokenizerFolders.Holding(folder), "tokenizer.json") is var file && File.Exists(file)
        && TokenizerGoldens.Parse(file).GetProperty("post_processor") is { ValueKind: JsonValueKind.Object } processor
        && processor.TryGetProperty("trim_offsets", out var trims) && trims.GetBoolean();

    /// <summary>The tokenizer, or null where it was refused by a name that the folder allows.</summary>
    private static Tokenizer? Load(string folder)
    {
        var refusable = TokenizerGoldens.Parse(Path.Combine(folder, "meta.json")).GetProperty("refusable");
        try
        {
            return Tokenizer.Load(TokenizerFolders.Holding(folder));
        }
        catch (DataException e) when (refusable.GetArrayLength() > 0)
        {
            Assert.Contains(refusable.EnumerateArray(), part => e.Message.Contains(part.GetString()!, StringComparison.Ordinal));
            return null;
        }
    }
}
