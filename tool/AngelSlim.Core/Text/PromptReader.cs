using System.Globalization;
using System.Text.Json;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Text;

/// <summary>What an evaluation asks the target.</summary>
/// <param name="Id">Name of the row; its line if it has none.</param>
/// <param name="Messages">Up to the first user message.</param>
/// <param name="Arguments">Further variables for the template: <c>tools</c>.</param>
internal sealed record Prompt(string Id, IReadOnlyList<Message> Messages, IReadOnlyDictionary<string, object?> Arguments)
{
    /// <summary>The tokens that the target reads before it answers.</summary>
    public int[] Tokens(ChatTemplate template, Tokenizer tokenizer) => tokenizer.Encode(template.RenderPrompt(Messages, Arguments)).Ids;
}

/// <summary>
/// Prompts from JSONL, one a line: <c>{"turns": ["…"]}</c> as benchmark files have them, <c>{"prompt": "…"}</c>, or a conversation as
/// <see cref="ConversationReader"/> reads it. Only the first question is asked.
/// </summary>
internal static class PromptReader
{
    /// <exception cref="DataException">A row is in none of these forms; the message has file and line.</exception>
    public static IEnumerable<Prompt> Read(string path) => JsonLines.Read(path).Select(ReadRow);

    private static Prompt ReadRow(JsonLine line)
    {
        using var document = line.Parse();
        var row = document.RootElement;
        if (row.TryGetProperty("messages", out _) || row.TryGetProperty("conversations", out _))
        {
            return OfConversation(ConversationReader.Read(line));
        }

        try
        {
            var question = row.TryGetProperty("prompt", out var prompt) && prompt.ValueKind is JsonValueKind.String ? prompt.GetString()
                : row.TryGetProperty("turns", out var turns) && turns.ValueKind is JsonValueKind.Array && turns.GetArrayLength() > 0
                    && turns[0].ValueKind is JsonValueKind.String ? turns[0].GetString()
                : throw Wrong(line.Place, "expected \"turns\" (a list of texts), \"prompt\" (a text), \"messages\" or \"conversations\"");
            return new Prompt(Id(row) ?? LineName(line.Place), [Message.Of("user", question!)], new Dictionary<string, object?>());
        }
        catch (InvalidOperationException failure)
        {
            throw Wrong(line.Place, "a text is not valid Unicode", failure);
        }
    }

    private static Prompt OfConversation(Conversation conversation)
    {
        var messages = conversation.Messages.TakeWhile(message => !message.IsAnswer).ToList();
        var question = messages.FindIndex(message => message.Role is "user");
        return question < 0
            ? throw Wrong(conversation.Place, "there is no user message before the first answer")
            : new Prompt(conversation.Id ?? LineName(conversation.Place), messages[..(question + 1)], conversation.Arguments);
    }

    private static string? Id(JsonElement row)
    {
        foreach (var name in new[] { "id", "question_id", "task_id" })
        {
            if (row.TryGetProperty(name, out var id) && id.ValueKind is JsonValueKind.String or JsonValueKind.Number)
            {
                return id.ToString();
            }
        }

        return null;
    }

    private static string LineName(TextPlace place) => "line-" + place.Line.ToString(CultureInfo.InvariantCulture);

    private static DataException Wrong(TextPlace place, string why, Exception? inner = null) =>
        new(ProblemCode.BadRow, "prompt: " + why + "; mend or delete the row", place, inner);
}
