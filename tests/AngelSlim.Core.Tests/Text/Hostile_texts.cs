using System.Text;
using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Text;
using AngelSlim.Core.Text.Jinja;
using AngelSlim.Testing;
using Xunit;
using Xunit.Abstractions;

namespace AngelSlim.Core.Tests.Text;

/// <summary>Files from outside, damaged with a seed: each is read, or refused with a <see cref="DataException"/>; none takes the tool with it.</summary>
public sealed class Hostile_texts(ITestOutputHelper output) : IDisposable
{
    private static readonly string[] JsonWords =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "null", "true", "\\ud800", "\"\\udc00\"", "\"a\":", "\u2028", "\0", "\uFEFF", new string('[', 70), "{\"a\":{\"a\":", "-", "e9999",
    ];

    // A tokenizer is made of ten thousand parts, and takes as long as twenty rows.
    private static readonly int Tokenizers = Mutations.Count / 4;

    private readonly string _folder = Directory.CreateTempSubdirectory("hostile").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Make_no_tokenizer_file_worse_than_refused()
    {
        var sound = new[] { "qwen2", "llama3", "added-flags", "deepseek-llm", "hunyuan", "smollm2" }.Select(name => Bare(Golden.Own("tokenizers", name, "tokenizer.json"))).ToList();
        string[] words = [.. JsonWords, "(?:(?:a+)+)+b", "(((", "\\\\p{L}", "[^\\\\s", "{0,1000}", "{1000}{1000}", "(?i:", "|", "\\\\d", "\"Metaspace\"", "\"NFC\"", "\"Regex\"", "\"String\"", "Ġ", "\"special\":true,"];
        var path = Path.Combine(_folder, "tokenizer.json");
        Told("tokenizer.json", Tokenizers, HostileInputs.Try(Tokenizers, new Mutations(sound, words, 1).Next, bytes =>
        {
            File.WriteAllBytes(path, bytes);
            Use(Tokenizer.Load(_folder));
        }, 256 << 20));
    }

    [Fact]
    public void Make_no_other_files_of_a_tokenizer_worse_than_refused()
    {
        var qwen = JsonNode.Parse(File.ReadAllText(Golden.Own("tokenizers", "qwen2", "tokenizer.json")))!;
        var vocabulary = qwen["model"]!["vocab"]!.AsObject();
        var merges = "#version: 0.2\n" + string.Concat(qwen["model"]!["merges"]!.AsArray().Select(merge => merge + "\n"));
        var ranks = string.Concat(vocabulary.Select(token => $"{Convert.ToBase64String(AngelSlim.Core.Text.Tokenizers.ByteAlphabet.Read(token.Key))} {token.Value}\n"));
        const string config = """{"added_tokens_decoder":{"578":{"content":"<|im_end|>","lstrip":false,"normalized":false,"rstrip":false,"single_word":false,"special":true}},"eos_token":"<|im_end|>","tokenizer_class":"Qwen2Tokenizer"}""";
        (string Name, string Text)[] files = [("vocab.json", vocabulary.ToJsonString()), ("merges.txt", merges), ("tokenizer_config.json", config), ("hy.tiktoken", ranks)];
        var refused = files.Sum(file =>
        {
            var folder = Directory.CreateDirectory(Path.Combine(_folder, file.Name)).FullName;
            var kept = file.Name is "hy.tiktoken" ? [("tokenizer_config.json", """{"tokenizer_class":"HYTokenizer"}""")] : files[..3];
            Array.ForEach(kept, other => File.WriteAllText(Path.Combine(folder, other.Item1), other.Item2));
            return HostileInputs.Try(Tokenizers / files.Length, new Mutations([Encoding.UTF8.GetBytes(file.Text)], [.. JsonWords, "Ġ Ġ\n", " ", "\n", "IQ== 0\n", "=="], 2).Next, bytes =>
            {
                File.WriteAllBytes(Path.Combine(folder, file.Name), bytes);
                Use(Tokenizer.Load(folder));
            }, 256 << 20);
        });
        Told("other files", Tokenizers, refused);
    }

    [Fact]
    public void Make_no_chat_template_worse_than_refused()
    {
        var templates = TokenizerGoldens.Parse(Golden.Own("templates", "chat-template-cases.json")).EnumerateObject().Select(template => template.Value.GetProperty("template").GetString()!);
        var units = TokenizerGoldens.Parse(Golden.Own("jinja", "unit-cases.json")).EnumerateArray().Select(one => one.GetProperty("template").GetString()!);
        List<byte[]> sound = [.. templates.Concat(units.Chunk(25).Select(some => string.Join('\n', some))).Select(Encoding.UTF8.GetBytes)];
        string[] words =
        [
            "{{", "}}", "{%", "%}", "{#", "#}", "-%}", "|", "(", ")", "[", "]", "'", "\"", " ~ ", " ** 9 ** 9", " * 999999999", "range(999999999)", "{% for i in range(99999) %}", "{% endfor %}",
            "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "|join", "|list", "|tojson(indent=999999)", "|indent(999999)", "[::-1]", "{% set messages = messages + messages %}", "|replace('', messages|string)",
            "|center(99999999)", ".split('')", "namespace(", " is ", " not ", "loop(", " recursive %}", "{% generation %}", "\u00A0", "\\x", "%9999999d",
        ];
        var input = TokenizerGoldens.Parse(Golden.Own("templates", "chat-template-cases.json")).EnumerateObject().First().Value.GetProperty("cases").GetProperty("tools").GetProperty("input");
        Told("templates", Mutations.Count, HostileInputs.Try(Mutations.Count, new Mutations(sound, words, 3).Next, bytes =>
        {
            var variables = input.EnumerateObject().Select(member => KeyValuePair.Create(member.Name, JinjaValue.Of(member.Value)));
            _ = JinjaTemplate.Parse(Encoding.UTF8.GetString(bytes), "t.jinja").Render(variables, new FixedClock());
        }, 2L << 30));
    }

    [Fact]
    public void Make_no_row_of_a_data_file_worse_than_refused()
    {
        List<byte[]> sound =
        [
            .. new[]
            {
                """{"id":"é","messages":[{"role":"user","content":"q\u00e9 ✓"},{"role":"assistant","content":[{"type":"text","text":"x"}],"n":[1.5e3,null]}],"tools":[{"a":{}}]}""",
                """{"messages":[{"role":"system","content":"s"},{"role":"user","content":"q"},{"role":"assistant","content":"a<|im_end|>"}],"turns":[{"token_ids":[1,2]}]}""",
                """{"conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"a"}]}""",
                """{"data":["q","a","q","a"]}""",
                """[{"data":["q","a"]},{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]}]""",
                """{"question_id":1,"turns":["q","r"]}""",
                """{"id":"row","ids":[1,2,3],"mask":"011"}""",
            }.Select(Encoding.UTF8.GetBytes),
        ];
        string[] words = [.. JsonWords, "\n", "\r\n", "[1e9]", "\"role\":\"assistant\",", "\"token_ids\":[99999]", "<|im_start|>", "\\u0000"];
        var path = Path.Combine(_folder, "rows.jsonl");
        var tokens = TinyTarget.Tokens();
        Told("rows", Mutations.Count, HostileInputs.Try(Mutations.Count, new Mutations(sound, words, 4).Next, bytes =>
        {
            File.WriteAllBytes(path, bytes);
            foreach (var read in new Action[] { () => ReadRows(path, tokens), () => Assert.All(PromptReader.Read(path), prompt => Assert.NotEmpty(prompt.Messages)), () => Assert.All(TokenRowFile.Read(path), row => Assert.NotEmpty(row.Ids)) })
            {
                var failure = Record.Exception(read);
                Assert.True(failure is null or DataException { Problem.Code: ProblemCode.BadRow or ProblemCode.BadTemplate }, failure?.ToString());
            }

            ReadRows(path, tokens);
        }, 64 << 20));
    }

    private static void ReadRows(string path, ConversationTokens tokens)
    {
        foreach (var line in JsonLines.Read(path))
        {
            var conversation = ConversationReader.Read(line);
            _ = conversation.Digest();
            _ = tokens.Rows(conversation, "row", RowsPer.Auto);
        }
    }

    private static void Use(Tokenizer tokenizer)
    {
        var tokens = tokenizer.Encode("Hello [L] <|im_start|> é e\u0301 日本 12345   \n\n \ud800 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac");
        Assert.All(tokens.Ids, id => Assert.InRange(id, 0, tokenizer.VocabularySize - 1));
        _ = tokenizer.Decode(tokens.Ids);
    }

    /// <summary>Without most of its words, so that damage meets what is between them.</summary>
    private static byte[] Bare(string file)
    {
        var root = JsonNode.Parse(File.ReadAllText(file))!;
        var merges = root["model"]!["merges"]!.AsArray();
        while (merges.Count > 12)
        {
            merges.RemoveAt(merges.Count - 1);
        }

        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    private void Told(string kind, int count, int refused)
    {
        output.WriteLine($"{count} {kind}: {refused} refused, {count - refused} read");
        Assert.InRange(refused, 1, count - 1);
    }
}
