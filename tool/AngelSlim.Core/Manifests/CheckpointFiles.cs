using System.Text.Json;

namespace AngelSlim.Core.Manifests;

/// <summary>The files of a Hugging Face checkpoint that this program reads, and how its weights are spread over files.</summary>
internal static class CheckpointFiles
{
    /// <summary>What a target is.</summary>
    public const string Config = "config.json";

    /// <summary>Its words.</summary>
    public const string Tokenizer = "tokenizer.json";

    /// <summary>The files that its words may be in, in words.</summary>
    public const string Tokenizers = "tokenizer.json, nor vocab.json and merges.txt, nor hy.tiktoken";

    /// <summary>All weights, where they are in one file.</summary>
    public const string Weights = "model.safetensors";

    /// <summary>Which weight is in which file, where they are in several.</summary>
    public const string Index = "model.safetensors.index.json";

    private static readonly string[][] TokenizerForms = [[Tokenizer], ["vocab.json", "merges.txt"], ["hy.tiktoken"]];

    private const string Ending = ".safetensors";
    private const long LongestIndex = 100_000_000;

    private static readonly HashSet<string> Small =
    [
        Config, Tokenizer, Index, "generation_config.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json", "merges.txt",
        "chat_template.jinja", "chat_template.json", "preprocessor_config.json", "processor_config.json", "video_preprocessor_config.json",
    ];

    /// <summary>A file at the top of a checkpoint that belongs to it beside the weights, and is small.</summary>
    public static bool IsSmall(string name) => Small.Contains(name) || (name.EndsWith(".tiktoken", StringComparison.Ordinal) && IsPlain(name));

    /// <summary>The files of a checkpoint's words: the first form that is there whole; null where there is none.</summary>
    public static string[]? TokenizerOf(Func<string, bool> isThere) => Array.Find(TokenizerForms, form => form.All(isThere));

    /// <summary>The first file without which a checkpoint is not whole; null when it is.</summary>
    public static string? FirstMissing(string folder)
    {
        bool IsThere(string name) => File.Exists(Path.Combine(folder, name));
        if (!IsThere(Config) || TokenizerOf(IsThere) is null)
        {
            return IsThere(Config) ? Tokenizers : Config;
        }

        if (IsThere(Weights))
        {
            return null;
        }

        if (!IsThere(Index))
        {
            return $"{Weights}, nor {Index}";
        }

        try
        {
            return ReadIndex(Path.Combine(folder, Index)).Values.Distinct(StringComparer.Ordinal).FirstOrDefault(shard => !IsThere(shard));
        }
        catch (DataException)
        {
            return $"sound {Index}";
        }
    }

    /// <summary>An index of weights: tensor to file, each a plain name of the same folder.</summary>
    /// <exception cref="DataException">It is none, or names something else.</exception>
    public static IReadOnlyDictionary<string, string> ReadIndex(string path)
    {
        var map = ReadMap(path);
        foreach (var (tensor, shard) in map)
        {
            // A plain name: a path could lead out of the folder.
            if (!IsPlain(shard) || !shard.EndsWith(Ending, StringComparison.Ordinal))
            {
                throw Wrong(path, $"the weight_map of '{tensor}' should be the name of a .safetensors file in the same folder, '{shard}' found. Fetch the checkpoint again.");
            }
        }

        return map;
    }

    private static bool IsPlain(string name) => name.Length is > 0 and < 200 && name[0] is not '.' && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-');

    private static Dictionary<string, string> ReadMap(string path)
    {
        if (new FileInfo(path).Length > LongestIndex)
        {
            throw Wrong(path, $"an index of at most {LongestIndex} bytes expected, {new FileInfo(path).Length} found.");
        }

        try
        {
            using var index = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
            return index.RootElement.GetProperty("weight_map").EnumerateObject()
                .ToDictionary(entry => entry.Name, entry => entry.Value.GetString() ?? "", StringComparer.Ordinal);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw Wrong(path, $"an object with weight_map, tensor name to file name, expected: {e.Message} Fetch the checkpoint again.", e);
        }
    }

    private static DataException Wrong(string path, string message, Exception? inner = null) =>
        new(ProblemCode.BadWeights, message, new TextPlace(path), inner);
}
