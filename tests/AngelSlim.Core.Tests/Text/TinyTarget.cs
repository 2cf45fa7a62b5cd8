using System.Text.Json.Nodes;
using AngelSlim.Core.Text;
using AngelSlim.Testing;

namespace AngelSlim.Core.Tests.Text;

/// <summary>A target without weights: the small SmolLM2 tokenizer, SmolLM2's template, and its end token.</summary>
internal static class TinyTarget
{
    private static readonly JsonNode Masks = JsonNode.Parse(File.ReadAllText(Golden.Own("masks", "smollm2.json")))!;

    /// <summary>A folder as a target has it.</summary>
    public static string Folder { get; } = Build();

    public static int StopId => Masks["stop"]!.AsObject().Single().Value!.GetValue<int>();

    public static ConversationTokens Tokens() => ConversationTokens.Load(Folder, TemplateClock.Instance);

    public static Tokenizer Tokenizer() => AngelSlim.Core.Text.Tokenizer.Load(Folder);

    private static string Build()
    {
        var folder = Directory.CreateTempSubdirectory("target").FullName;
        File.Copy(Golden.Own("tokenizers", "smollm2", "tokenizer.json"), Path.Combine(folder, "tokenizer.json"));
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), new JsonObject { ["chat_template"] = Masks["template"]!.DeepClone() }.ToJsonString());
        File.WriteAllText(Path.Combine(folder, "generation_config.json"), new JsonObject { ["eos_token_id"] = StopId }.ToJsonString());
        var size = AngelSlim.Core.Text.Tokenizer.Load(folder).VocabularySize;
        File.WriteAllText(Path.Combine(folder, "config.json"), new JsonObject { ["vocab_size"] = size + 8 }.ToJsonString());
        return folder;
    }
}
