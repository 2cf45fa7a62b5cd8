using System.Text.Json;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text.Jinja;

namespace AngelSlim.Core.Text;

/// <summary>
/// Conversations from JSONL, one a line: OpenAI's <c>{"messages": [{"role", "content"}]}</c>, with <c>tools</c>, or
/// ShareGPT's <c>{"conversations": [{"from", "value"}]}</c>. A row with <c>messages</c> may say in <c>turns[i].token_ids</c> which tokens the target
/// itself produced as its i-th answer.
/// </summary>
internal static class ConversationReader
{
    // Every answer's prompt is rendered by itself, so the work grows with the square of the messages.
    private const int MostMessages = 1_000;

    /// <summary>Reads one line.</summary>
    /// <exception cref="DataException">The row is not a conversation; the message has file, line and what to do.</exception>
    public static Conversation Read(JsonLine line)
    {
        using var row = line.Parse();
        try
        {
            return Read(row.RootElement, line);
        }
        catch (InvalidOperationException failure)
        {
            // The one thing that the parser leaves to the reader of a text: bytes or escapes that are no Unicode.
            throw line.Bad("a text is not valid Unicode", failure);
        }
    }

    private static Conversation Read(JsonElement row, JsonLine line)
    {
        var (name, read) = row.TryGetProperty("messages", out var list) ? ("messages", (Func<JsonElement, JsonLine, Message>)OpenAi)
            : row.TryGetProperty("conversations", out list) ? ("conversations", ShareGpt)
            : throw line.Bad("expected \"messages\" (OpenAI) or \"conversations\" (ShareGPT)");
        if (list.ValueKind is not JsonValueKind.Array || list.GetArrayLength() is 0 or > MostMessages)
        {
            throw line.Bad($"\"{name}\" must be a list of 1 to {MostMessages} messages");
        }

        Message[] messages = [.. list.EnumerateArray().Select(message => read(message, line))];
        return new Conversation(line.Place, Id(row), messages)
        {
            Arguments = row.TryGetProperty("tools", out var tools) && tools.ValueKind is JsonValueKind.Array
                ? new Dictionary<string, object?> { ["tools"] = JinjaValue.Of(tools) }
                : new Dictionary<string, object?>(),
            AnswerTokens = row.TryGetProperty("turns", out var turns) ? Tokens(turns, messages.Count(message => message.IsAnswer), line) : [],
        };
    }

    private static string? Id(JsonElement row) => !row.TryGetProperty("id", out var id) ? null : id.ValueKind switch
    {
        JsonValueKind.String when id.GetString() is { Length: > 0 and <= 200 } text => text,
        JsonValueKind.Number => id.GetRawText(),
        _ => null,
    };

    private static Message OpenAi(JsonElement json, JsonLine line)
    {
        var role = Text(json, "role", line);
        if (json.TryGetProperty("content", out var content) && content.ValueKind is not (JsonValueKind.String or JsonValueKind.Null or JsonValueKind.Array))
        {
            throw line.Bad($"\"content\" must be a text or a list of parts, found {content.ValueKind}");
        }

        return new Message(role, (PythonDict)JinjaValue.Of(json)!);
    }

    private static Message ShareGpt(JsonElement json, JsonLine line)
    {
        var from = Text(json, "from", line);
        var role = from switch
        {
            "human" or "user" => "user",
            "gpt" or "assistant" => "assistant",
            "system" => "system",
            _ => throw line.Bad($"\"from\" must be human, user, gpt, assistant or system, found '{from}'"),
        };
        return Message.Of(role, Text(json, "value", line));
    }

    private static string Text(JsonElement json, string member, JsonLine line) =>
        json.ValueKind is JsonValueKind.Object && json.TryGetProperty(member, out var value) && value.ValueKind is JsonValueKind.String
            ? value.GetString()!
            : throw line.Bad($"every message needs a text \"{member}\"");

    private static int[]?[] Tokens(JsonElement turns, int answers, JsonLine line)
    {
        if (turns.ValueKind is not JsonValueKind.Array || turns.EnumerateArray().Any(turn => turn.ValueKind is not JsonValueKind.Object))
        {
            return [];
        }

        int[]?[] tokens = [.. turns.EnumerateArray().Select(turn => TokensOf(turn, line))];
        return tokens.All(ids => ids is null) ? []
            : tokens.Length == answers ? tokens
            : throw line.Bad($"\"turns\" tells the tokens of {tokens.Length} answers, but {answers} messages are answers");
    }

    private static int[]? TokensOf(JsonElement turn, JsonLine line)
    {
        if (!turn.TryGetProperty("token_ids", out var ids) || ids.ValueKind is JsonValueKind.Null)
        {
            return null;
        }

        return ids.ValueKind is JsonValueKind.Array
            ? [.. ids.EnumerateArray().Select(id => id.ValueKind is JsonValueKind.Number && id.TryGetInt32(out var value) && value >= 0
                ? value
                : throw line.Bad("\"token_ids\" must be whole numbers from 0 on"))]
            : throw line.Bad("\"token_ids\" must be a list");
    }
}
