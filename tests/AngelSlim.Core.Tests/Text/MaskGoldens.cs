using System.Text.Json;
using AngelSlim.Core.Text;
using AngelSlim.Core.Text.Jinja;
using AngelSlim.Testing;

namespace AngelSlim.Core.Tests.Text;

/// <summary>One file of mask goldens: a template, a tokenizer, and conversations with the reference's answers.</summary>
/// <param name="File">Where it stands.</param>
/// <param name="Template">The family's template.</param>
/// <param name="Tokenizer">The family's tokenizer.</param>
/// <param name="Stop">The tokens that end an answer.</param>
/// <param name="Cases">The conversations.</param>
internal sealed record MaskFamily(string File, ChatTemplate Template, Tokenizer Tokenizer, IReadOnlySet<int> Stop, IReadOnlyList<JsonElement> Cases)
{
    public ExactMask Mask() => new(Template, Tokenizer, Stop);

    public ConversationTokens Tokens() => new(Template, Tokenizer, Stop);

    public override string ToString() => Path.GetFileNameWithoutExtension(File);
}

/// <summary>The mask goldens: those of the project, and those of the shared folder where it is there.</summary>
internal static class MaskGoldens
{
    public static IEnumerable<MaskFamily> Families() =>
        from file in Files()
        let root = TokenizerGoldens.Parse(file)
        where root.ValueKind is JsonValueKind.Object && root.TryGetProperty("tokenizer", out _)
        select new MaskFamily(
            file,
            Template(root),
            Tokenizer(root.GetProperty("tokenizer").GetString()!),
            root.GetProperty("stop").EnumerateObject().Select(token => token.Value.GetInt32()).ToHashSet(),
            [.. root.GetProperty("cases").EnumerateArray()]);

    /// <summary>A case's conversation, with its arguments for the template.</summary>
    public static Conversation Conversation(JsonElement one)
    {
        var row = ConversationReader.Read(Rows.Line("{\"messages\":" + one.GetProperty("messages").GetRawText() + "}"));
        return one.TryGetProperty("arguments", out var arguments)
            ? row with { Arguments = arguments.EnumerateObject().ToDictionary(member => member.Name, member => JinjaValue.Of(member.Value)) }
            : row;
    }

    public static ChatTemplate Template(JsonElement family) => ChatTemplate.Of(
        family.GetProperty("template").GetString()!, "template", new FixedClock(), new Dictionary<string, string> { ["bos_token"] = family.GetProperty("bosToken").GetString()! });

    public static Tokenizer Tokenizer(string name)
    {
        var own = Golden.Own("tokenizers", name);
        var answers = File.Exists(Path.Combine(own, "tokenizer.json")) ? own : Path.Combine(Golden.Shared!, "tokenizers", name);
        return AngelSlim.Core.Text.Tokenizer.Load(TokenizerFolders.Holding(answers));
    }

    private static IEnumerable<string> Files() => new[] { Golden.Own("masks"), Golden.Shared is null ? "" : Path.Combine(Golden.Shared, "masks") }
        .Where(Directory.Exists)
        .SelectMany(folder => Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal));
}
