using System.Globalization;
using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text;
using AngelSlim.Core.Text.Tokenizers;
using AngelSlim.Testing;
using Xunit;
using Xunit.Abstractions;

namespace AngelSlim.Core.Tests.Text;

/// <summary>A folder without tokenizer.json: <c>vocab.json</c> and <c>merges.txt</c>, or <c>hy.tiktoken</c>. The real Qwen2 files are judged beside the other goldens.</summary>
public sealed class A_tokenizer_in_other_files(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("files").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("qwen2", "Qwen2Tokenizer")]
    [InlineData("gpt2", "GPT2Tokenizer")]
    public void Gives_the_answers_of_the_same_words_in_one_file(string name, string of)
    {
        if (Find(name) is not { } golden)
        {
            output.WriteLine("Skipped: there is no shared golden folder.");
            return;
        }

        WriteVocabulary(Json(golden), of);
        AnswersLike(golden);
    }

    /// <summary>The goldens have no hy.tiktoken, so one is written of their vocabulary: bytes in base64, and the id as rank.</summary>
    [Fact]
    public void Gives_Hunyuan_7B_s_answers_by_ranks_alone()
    {
        if (Find("hunyuan-7b") is not { } golden)
        {
            output.WriteLine("Skipped: there is no shared golden folder.");
            return;
        }

        WriteRanks(Json(golden));
        File.Copy(Path.Combine(golden, "tokenizer_config.json"), Path.Combine(_folder, "tokenizer_config.json"));
        AnswersLike(golden);
        Assert.Equal(589 + 5 + 205, Tokenizer.Load(_folder).VocabularySize);
    }

    [Theory]
    [InlineData("tokenizer_config.json", "\"Qwen2Tokenizer\"", "\"LlamaTokenizer\"", "$: tokenizer_class LlamaTokenizer without a tokenizer.json")]
    [InlineData("tokenizer_config.json", "\"pad_token\": \"<|file_sep|>\"", "\"pad_token\": \"<pad>\"", "$['pad_token']: the special token '<pad>' is not in added_tokens_decoder")]
    [InlineData("tokenizer_config.json", "\"split_special_tokens\": false", "\"split_special_tokens\": true", "split_special_tokens")]
    [InlineData("tokenizer_config.json", "added_tokens_decoder", "added", "'added_tokens_decoder' is missing")]
    [InlineData("merges.txt", "Ġ t\n", "Ġ t t\n", "merges.txt(3,1): error ASL1004: a merge that is not of two tokens")]
    [InlineData("merges.txt", "Ġ t\n", "Ġ qq\n", "merges.txt(3,1): error ASL1004: the merge's token 'qq' is not in the vocabulary")]
    [InlineData("vocab.json", ":0,", ":7,", "have both the id 7")]
    public void Is_refused_by_name_and_place(string file, string was, string now, string message)
    {
        WriteVocabulary(Json(Golden.Own("tokenizers", "qwen2")), "Qwen2Tokenizer");
        var path = Path.Combine(_folder, file);
        var text = File.ReadAllText(path);
        Assert.Contains(was, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(was, now, StringComparison.Ordinal));
        var problem = Assert.Throws<DataException>(() => Tokenizer.Load(_folder)).Problem;

        Assert.Equal(ProblemCode.BadTokenizer, problem.Code);
        Assert.Contains(message, problem.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "!!!! 0", "hy.tiktoken(1,1): error ASL1004: a token of 1 to 1000 bytes in base64 and its rank expected")]
    [InlineData(2, "IyM= 9", "hy.tiktoken(3,1): error ASL1004: the rank 2 expected, '9' found")]
    [InlineData(1, "IQ== 1", "hy.tiktoken(2,1): error ASL1004: a token that is there twice")]
    [InlineData(1, "QUFB 1", "a token for each of the 256 bytes expected, some are missing")]
    public void Is_refused_where_ranks_are_not_sound(int line, string text, string message)
    {
        WriteRanks(Json(Golden.Own("tokenizers", "qwen2")));
        File.WriteAllText(Path.Combine(_folder, "tokenizer_config.json"), """{"tokenizer_class": "HYTokenizer"}""");
        var path = Path.Combine(_folder, "hy.tiktoken");
        Assert.Contains("<|extra_204|>", Tokenizer.Load(_folder).TokenOf(Tokenizer.Load(_folder).VocabularySize - 1), StringComparison.Ordinal);
        var lines = File.ReadAllLines(path);
        lines[line] = text;
        File.WriteAllLines(path, lines);

        Assert.Contains(message, Assert.Throws<DataException>(() => Tokenizer.Load(_folder)).Problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Is_refused_where_the_ranks_are_those_of_another_class()
    {
        WriteRanks(Json(Golden.Own("tokenizers", "qwen2")));
        File.WriteAllText(Path.Combine(_folder, "tokenizer_config.json"), """{"tokenizer_class": "QWenTokenizer"}""");

        Assert.Contains("tokenizer_class QWenTokenizer with hy.tiktoken; HYTokenizer expected", Assert.Throws<DataException>(() => Tokenizer.Load(_folder)).Message, StringComparison.Ordinal);
    }

    private void AnswersLike(string golden)
    {
        var (tokenizer, reference) = (Tokenizer.Load(_folder), Tokenizer.Load(golden));
        var strings = TokenizerGoldens.Strings(Path.Combine(golden, "..", "strings.json")).Concat(FuzzStrings.Read(Path.Combine(golden, "..", "fuzz-alphabet.json"))).ToList();
        Assert.All(strings, text =>
        {
            var (actual, expected) = (tokenizer.Encode(text), reference.Encode(text));
            Assert.Equal(expected.Ids, actual.Ids);
            Assert.Equal(expected.Spans, actual.Spans);
        });
        Assert.Equal(reference.Decode([.. Enumerable.Range(0, reference.VocabularySize)]), tokenizer.Decode([.. Enumerable.Range(0, reference.VocabularySize)]));
    }

    private void WriteVocabulary(JsonNode tokenizer, string of)
    {
        var merges = tokenizer["model"]!["merges"]!.AsArray().Select(merge => merge is JsonArray sides ? $"{sides[0]} {sides[1]}" : merge!.GetValue<string>());
        File.WriteAllText(Path.Combine(_folder, "vocab.json"), tokenizer["model"]!["vocab"]!.ToJsonString());
        File.WriteAllText(Path.Combine(_folder, "merges.txt"), "#version: 0.2\n" + string.Concat(merges.Select(merge => merge + "\n")));
        var added = tokenizer["added_tokens"]!.AsArray().Select(token => token!.DeepClone().AsObject()).ToList();
        var last = added[^1]["content"]!.GetValue<string>();
        var decoder = new JsonObject(added.Select(token =>
        {
            var id = token["id"]!.GetValue<int>();
            token.Remove("id");
            return KeyValuePair.Create(id.ToString(CultureInfo.InvariantCulture), (JsonNode?)token);
        }));
        File.WriteAllText(Path.Combine(_folder, "tokenizer_config.json"), $$"""
            { "added_tokens_decoder": {{decoder.ToJsonString()}}, "add_prefix_space": false, "bos_token": null, "pad_token": "{{last}}", "eos_token": { "content": "{{last}}" },
              "additional_special_tokens": ["{{last}}"], "split_special_tokens": false, "tokenizer_class": "{{of}}", "unk_token": null }
            """);
    }

    private void WriteRanks(JsonNode tokenizer) => File.WriteAllLines(
        Path.Combine(_folder, "hy.tiktoken"),
        tokenizer["model"]!["vocab"]!.AsObject().OrderBy(token => token.Value!.GetValue<int>()).Select(token => $"{Convert.ToBase64String(ByteAlphabet.Read(token.Key))} {token.Value}"));

    private static JsonNode Json(string folder) => JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "tokenizer.json")))!;

    private static string? Find(string name) => new[] { Golden.Own("tokenizers", name), Golden.Shared is null ? "" : Path.Combine(Golden.Shared, "tokenizers", name) }
        .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "cases.json")));
}
