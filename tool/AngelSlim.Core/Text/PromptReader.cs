using System.Globalization;
using System.Text.Json;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Text;

/// <summary>What an evaluation asks the target.</summary>
/// <param name="Place">The row.</param>
/// <param name="Id">Name of the row; its line if it has none.</param>
/// <param name="Messages">Up to the first user message.</param>
/// <param name="Arguments">Further variables for the template: <c>tools</c>.</param>
internal sealed record Prompt(TextPlace Place, string Id, IReadOnlyList<Message> Messages, IReadOnlyDictionary<string, object?> Arguments)
{
    /// <summary>The tokens that the target reads before it answers.</summary>
    /// <exception cref="DataException">The template raises on these messages; the row is named, and the template's line.</exception>
    public int[] Tokens(ChatTemplate template, Tokenizer tokenizer)
    {
        try
        {
            return tokenizer.Encode(template.RenderPrompt(Messages, Arguments)).Ids;
        }
        catch (DataException failure) when (failure.Problem.Code is ProblemCode.BadTemplate)
        {
            throw new DataException(ProblemCode.BadRow, $"prompt: {failure.Problem.Message} ({failure.Problem.Place}); {BadRow.Mend}", Place, failure);
        }
    }
}

/// <summary>
/// Prompts, one a row: <c>{"turns": ["…"]}</c> as benchmark files have them, <c>{"prompt": "…"}</c>, or a conversation as
/// <see cref="ConversationReader"/> reads it. Only the first question is asked.
/// </summary>
internal static class PromptReader
{
    /// <exception cref="DataException">A row is in none of these forms; the message has file and line.</exception>
    public static IEnumerable<Prompt> Read(string path) => JsonLines.Read(path, BadRow.Mend).Select(ReadRow);

    private static Prompt ReadRow(JsonLine line)
    {
        using var document = line.Parse();
        var row = document.RootElement;
        if (ConversationReader.Form(row) is not null)
        {
            return OfConversation(ConversationReader.Read(line), line);
        }

        try
        {
            var question = row.TryGetProperty("prompt", out var prompt) && prompt.ValueKind is JsonValueKind.String ? prompt.GetString()
                : row.TryGetProperty("turns", out var turns) && turns.ValueKind is JsonValueKind.Array && turns.GetArrayLength() > 0
                    && turns[0].ValueKind is JsonValueKind.String ? turns[0].GetString()
                : throw Wrong(line, "expected \"turns\" (a list of texts), \"prompt\" (a text), \"messages\", \"conversations\" or \"data\"");
            return new Prompt(line.Place, Id(row) ?? LineName(line.Place), [Message.Of("user", question!)], new Dictionary<string, object?>());
        }
        catch (InvalidOperationException failure)
        {
            throw Wrong(line, "a text is not valid Unicode", failure);
        }
    }

    private static Prompt OfConversation(Conversation conversation, JsonLine line)
    {
        var messages = conversation.Messages.TakeWhile(message => !message.IsAnswer).ToList();
        var question = messages.FindIndex(message => message.Role is "user");
        return question < 0
            ? throw Wrong(line, "there is no user message before the first answer")
            : new Prompt(line.Place, conversation.Id ?? LineName(conversation.Place), messages[..(question + 1)], conversation.Arguments);
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

    private static DataException Wrong(JsonLine line, string why, Exception? inner = null) => line.Bad("prompt: " + why, inner);
}
