using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AngelSlim.Core.Text.Tokenizers;

/// <summary>Writes <c>tokenizer.json</c> in the shape of Qwen's: form C, one pattern, byte level.</summary>
internal static class TokenizerWriter
{
    // The file is read by tokenizer libraries and people, never put into a web page.
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Tokens have their index as id; the special ones follow.</summary>
    public static void Write(
        string file, string pattern, IReadOnlyList<string> tokens, IEnumerable<(string Left, string Right)> merges, IEnumerable<string> specials)
    {
        var split = new JsonObject
        {
            ["type"] = "Split",
            ["pattern"] = new JsonObject { ["Regex"] = pattern },
            ["behavior"] = "Isolated",
            ["invert"] = false,
        };
        var root = new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new JsonArray([.. specials.Select((content, index) => Added(tokens.Count + index, content))]),
            ["normalizer"] = new JsonObject { ["type"] = "NFC" },
            ["pre_tokenizer"] = new JsonObject { ["type"] = "Sequence", ["pretokenizers"] = new JsonArray(split, ByteLevel()) },
            ["post_processor"] = ByteLevel(),
            ["decoder"] = ByteLevel(),
            ["model"] = Model(tokens, merges),
        };
        File.WriteAllText(file, root.ToJsonString(Readable));
    }

    private static JsonObject Model(IReadOnlyList<string> tokens, IEnumerable<(string Left, string Right)> merges)
    {
        var vocabulary = new JsonObject();
        foreach (var (id, token) in tokens.Index())
        {
            vocabulary[token] = id;
        }

        return new JsonObject
        {
            ["type"] = "BPE",
            ["dropout"] = null,
            ["unk_token"] = null,
            ["continuing_subword_prefix"] = null,
            ["end_of_word_suffix"] = null,
            ["fuse_unk"] = false,
            ["byte_fallback"] = false,
            ["ignore_merges"] = false,
            ["vocab"] = vocabulary,
            ["merges"] = new JsonArray([.. merges.Select(merge => new JsonArray(merge.Left, merge.Right))]),
        };
    }

    private static JsonObject ByteLevel() => new()
    {
        ["type"] = "ByteLevel",
        ["add_prefix_space"] = false,
        ["trim_offsets"] = false,
        ["use_regex"] = false,
    };

    private static JsonObject Added(int id, string content) => new()
    {
        ["id"] = id,
        ["content"] = content,
        ["single_word"] = false,
        ["lstrip"] = false,
        ["rstrip"] = false,
        ["normalized"] = false,
        ["special"] = true,
    };
}
