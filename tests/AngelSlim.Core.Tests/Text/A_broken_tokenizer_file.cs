using System.Text;
using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Core.Tests.Text;

public sealed class A_broken_tokenizer_file : IDisposable
{
    private static readonly string[] HostileValues =
    [
        "null", "true", "-1", "0", "1e99", "2147483647", "2147483648", "0.5", "\"\"", "\"\\ud800\"", "\"a b\"", "\"Ġ\"", "[]", "{}", "[[]]",
        "{\"type\":\"Sequence\"}", "{\"type\":\"NFC\"}", "{\"type\":\"ByteLevel\"}", "[0,0]", "{\"\\ud800\":1}", "{\"a\":1,\"a\":2}",
        new string('[', 100) + new string(']', 100), "\"(((((((\"", "\"(?:(?:a+)+)+b\"",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("broken").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("model", "\"Unigram\"", "type", "$.model.type: model Unigram")]
    [InlineData("model", "true", "byte_fallback", "$.model.byte_fallback: model BPE with byte_fallback")]
    [InlineData("model", "0.1", "dropout", "$.model.dropout: model BPE with dropout")]
    [InlineData("model", "\"<unk>\"", "unk_token", "$.model.unk_token: model BPE with unk_token")]
    [InlineData("model", "[]", "vocab", "$.model.vocab: expected an object, found a list")]
    [InlineData("model", "{\"a\":0,\"b\":0}", "vocab", "both the id 0")]
    [InlineData("model", "{\"a\":0,\"b\":2}", "vocab", "'b' has the id 2")]
    [InlineData("model", "{\"a\":2000000000}", "vocab", "the id 2000000000")]
    [InlineData("model", "{\"a\":99999999999}", "vocab", "$.model.vocab['a']: expected an integer")]
    [InlineData("model", "[\"q q\"]", "merges", "$.model.merges[0]: the merge's token 'qq'")]
    [InlineData("model", "[[\"a\"]]", "merges", "$.model.merges[0]: a merge that is not of two tokens")]
    [InlineData("model", "7", "novelty", "$.model['novelty']: the member 'novelty' is not known")]
    [InlineData("pre_tokenizer", "[{\"type\":\"Metaspace\"}]", "pretokenizers", "$.pre_tokenizer.pretokenizers[0].type: pre_tokenizer Metaspace")]
    [InlineData("pre_tokenizer", "[]", "pretokenizers", "without ByteLevel")]
    [InlineData("normalizer", "\"NFKC\"", "type", "$.normalizer.type: normalizer NFKC")]
    [InlineData("post_processor", "\"BertProcessing\"", "type", "post_processor BertProcessing")]
    [InlineData("decoder", "\"WordPiece\"", "type", "decoder WordPiece")]
    [Provokes(ProblemCode.BadTokenizer)]
    public void Is_refused_by_name_and_place(string section, string json, string member, string message)
    {
        var root = Sound("qwen2");
        root[section]![member] = JsonNode.Parse(json);
        var problem = Assert.Throws<DataException>(() => Load(root.ToJsonString())).Problem;

        Assert.Equal(ProblemCode.BadTokenizer, problem.Code);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Equal(Path.Combine(_folder, "tokenizer.json"), problem.Place!.Value.File);
    }

    [Fact]
    public void Is_refused_when_the_reference_would_number_an_added_token_otherwise()
    {
        var root = Sound("qwen2");
        root["added_tokens"]![2]!["id"] = 700;
        Assert.Contains("'<|im_end|>' has the id 700, expected 580", Refusal(root.ToJsonString()), StringComparison.Ordinal);
    }

    [Fact]
    public void Is_refused_where_it_is_cut_off()
    {
        var text = Sound("qwen2").ToJsonString();
        Assert.Contains("not JSON", Refusal(text[..(text.Length / 2)]), StringComparison.Ordinal);
        Assert.Contains("not JSON", Refusal(""), StringComparison.Ordinal);
        Assert.Contains("not JSON", Refusal(new string('[', 100_000)), StringComparison.Ordinal);
    }

    [Fact]
    public void Is_refused_where_it_is_missing()
    {
        Assert.Contains("no tokenizer.json, nor vocab.json and merges.txt, nor hy.tiktoken in the folder.", Assert.Throws<DataException>(() => Tokenizer.Load(_folder)).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_folder, "tokenizer.model"), "");
        File.WriteAllText(Path.Combine(_folder, "qwen.tiktoken"), "");
        Assert.Contains("but qwen.tiktoken (tiktoken), tokenizer.model (SentencePiece), which is not supported", Assert.Throws<DataException>(() => Tokenizer.Load(_folder)).Message, StringComparison.Ordinal);
    }

    // Seeded; each file is either refused with a DataException or gives a tokenizer that works.
    [Theory]
    [InlineData("qwen2")]
    [InlineData("llama3")]
    [InlineData("added-flags")]
    public void Is_never_worse_than_refused(string name)
    {
        var random = new Random(3);
        var sound = Encoding.UTF8.GetBytes(Sound(name).ToJsonString());
        var refused = 0;
        for (var i = 0; i < 150; i++)
        {
            File.WriteAllBytes(Path.Combine(_folder, "tokenizer.json"), Altered(sound, random));
            refused += IsRefused() ? 1 : 0;
        }

        Assert.InRange(refused, 60, 149);
    }

    [Fact]
    public void Is_refused_when_it_is_larger_than_any_tokenizer()
    {
        using (var file = File.Create(Path.Combine(_folder, "tokenizer.json")))
        {
            file.SetLength((256L << 20) + 1);
        }

        Assert.Contains("At most 268435456 bytes expected", Assert.Throws<DataException>(() => Tokenizer.Load(_folder)).Message, StringComparison.Ordinal);
    }

    private bool IsRefused()
    {
        try
        {
            var tokenizer = Tokenizer.Load(_folder);
            tokenizer.Decode(tokenizer.Encode("Hello [L] <|im_start|> é e\u0301 日本 12345 \ud800").Ids);
            return false;
        }
        catch (DataException)
        {
            return true;
        }
    }

    /// <summary>One value somewhere in the tree replaced, or taken out.</summary>
    private static byte[] Altered(byte[] sound, Random random)
    {
        const string mark = "the value to replace";
        var node = JsonNode.Parse(sound)!;
        while (true)
        {
            var keys = node is JsonObject members ? members.Select(member => member.Key).ToList() : null;
            var count = keys?.Count ?? (node as JsonArray)?.Count ?? 0;
            var index = count == 0 ? 0 : random.Next(count);
            var next = count == 0 ? null : keys is null ? node[index] : node[keys[index]];
            if (next is JsonObject or JsonArray && random.Next(4) > 0)
            {
                node = next;
                continue;
            }

            var taken = random.Next(6) == 0;
            _ = node switch
            {
                JsonObject values when count > 0 && taken => values.Remove(keys![index]),
                JsonObject values when count > 0 => (values[keys![index]] = mark) is not null,
                JsonArray items when count > 0 => (items[index] = mark) is not null,
                _ => false,
            };
            var text = node.Root.ToJsonString();
            return Encoding.UTF8.GetBytes(text.Replace($"\"{mark}\"", HostileValues[random.Next(HostileValues.Length)], StringComparison.Ordinal));
        }
    }

    private static JsonNode Sound(string name) => JsonNode.Parse(File.ReadAllText(Golden.Own("tokenizers", name, "tokenizer.json")))!;

    private string Refusal(string text) => Assert.Throws<DataException>(() => Load(text)).Message;

    private Tokenizer Load(string text)
    {
        File.WriteAllText(Path.Combine(_folder, "tokenizer.json"), text);
        return Tokenizer.Load(_folder);
    }
}
