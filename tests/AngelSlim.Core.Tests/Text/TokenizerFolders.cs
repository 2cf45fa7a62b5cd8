using System.Globalization;
using System.Text.Json.Nodes;
using AngelSlim.Testing;

namespace AngelSlim.Core.Tests.Text;

/// <summary>Finds the <c>tokenizer.json</c> that golden answers are about: beside them, or that of a real model.</summary>
internal static class TokenizerFolders
{
    /// <summary>The folder with <c>tokenizer.json</c> for a folder of golden answers.</summary>
    public static string Holding(string answers) =>
        File.Exists(Path.Combine(answers, "tokenizer.json")) ? answers : Path.GetFileName(answers) switch
        {
            "smollm2-real" => Golden.SharedBeside("models", "smollm2-135m-instruct")!,
            "qwen2-real" => RealQwen2.Value,
            var name => throw new InvalidOperationException($"{name} has no tokenizer.json."),
        };

    private static readonly Lazy<string> RealQwen2 = new(() => BuildQwen2(Golden.SharedBeside("data", "tokenizers", "qwen2")!));

    /// <summary>Qwen2's <c>vocab.json</c> and <c>merges.txt</c> (with CRLF) as one <c>tokenizer.json</c>, in the shape of the small Qwen2.</summary>
    private static string BuildQwen2(string source)
    {
        var tokenizer = JsonNode.Parse(File.ReadAllText(Path.Combine(Golden.Shared!, "tokenizers", "qwen2", "tokenizer.json")))!;
        tokenizer["model"]!["vocab"] = JsonNode.Parse(File.ReadAllText(Path.Combine(source, "vocab.json")));
        tokenizer["model"]!["merges"] = new JsonArray([.. File.ReadLines(Path.Combine(source, "merges.txt"))
            .Where(line => line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal))
            .Select(line => JsonValue.Create(line))]);
        tokenizer["added_tokens"] = new JsonArray([.. JsonNode.Parse(File.ReadAllText(Path.Combine(source, "tokenizer_config.json")))!
            ["added_tokens_decoder"]!.AsObject().Select(entry =>
            {
                var token = entry.Value!.DeepClone().AsObject();
                token["id"] = int.Parse(entry.Key, CultureInfo.InvariantCulture);
                return (JsonNode)token;
            })]);
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "qwen2-real")).FullName;
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), tokenizer.ToJsonString());
        return folder;
    }
}
