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
            return Read(row.RootElement, line.Place);
        }
        catch (InvalidOperationException failure)
        {
            // The one thing that the parser leaves to the reader of a text: bytes or escapes that are no Unicode.
            throw BadRow.At(line.Place, "a text is not valid Unicode", failure);
        }
    }

    private static Conversation Read(JsonElement row, TextPlace place)
    {
        var (name, read) = row.TryGetProperty("messages", out var list) ? ("messages", (Func<JsonElement, TextPlace, Message>)OpenAi)
            : row.TryGetProperty("conversations", out list) ? ("conversations", ShareGpt)
            : throw BadRow.At(place, "expected \"messages\" (OpenAI) or \"conversations\" (ShareGPT)");
        if (list.ValueKind is not JsonValueKind.Array || list.GetArrayLength() is 0 or > MostMessages)
        {
            throw BadRow.At(place, $"\"{name}\" must be a list of 1 to {MostMessages} messages");
        }

        Message[] messages = [.. list.EnumerateArray().Select(message => read(message, place))];
        return new Conversation(place, Id(row), messages)
        {
            Arguments = row.TryGetProperty("tools", out var tools) && tools.ValueKind is JsonValueKind.Array
                ? new Dictionary<string, object?> { ["tools"] = JinjaValue.Of(tools) }
                : new Dictionary<string, object?>(),
            AnswerTokens = row.TryGetProperty("turns", out var turns) ? Tokens(turns, messages.Count(message => message.IsAnswer), place) : [],
        };
    }

    private static string? Id(JsonElement row) => !row.TryGetProperty("id", out var id) ? null : id.ValueKind switch
    {
        JsonValueKind.String when id.GetString() is { Length: > 0 and <= 200 } text => text,
        JsonValueKind.Number => id.GetRawText(),
        _ => null,
    };

    private static Message OpenAi(JsonElement json, TextPlace place)
    {
        var role = Text(json, "role", place);
        if (json.TryGetProperty("content", out var content) && content.ValueKind is not (JsonValueKind.String or JsonValueKind.Null or JsonValueKind.Array))
        {
            throw BadRow.At(place, $"\"content\" must be a text or a list of parts, found {content.ValueKind}");
        }

        return new Message(role, (PythonDict)JinjaValue.Of(json)!);
    }

    private static Message ShareGpt(JsonElement json, TextPlace place)
    {
        var from = Text(json, "from", place);
        var role = from switch
        {
            "human" or "user" => "user",
            "gpt" or "assistant" => "assistant",
            "system" => "system",
            _ => throw BadRow.At(place, $"\"from\" must be human, user, gpt, assistant or system, found '{from}'"),
        };
        return Message.Of(role, Text(json, "value", place));
    }

    private static string Text(JsonElement json, string member, TextPlace place) =>
        json.ValueKind is JsonValueKind.Object && json.TryGetProperty(member, out var value) && value.ValueKind is JsonValueKind.String
            ? value.GetString()!
            : throw BadRow.At(place, $"every message needs a text \"{member}\"");

    private static int[]?[] Tokens(JsonElement turns, int answers, TextPlace place)
    {
        if (turns.ValueKind is not JsonValueKind.Array || turns.EnumerateArray().Any(turn => turn.ValueKind is not JsonValueKind.Object))
        {
            return [];
        }

        int[]?[] tokens = [.. turns.EnumerateArray().Select(turn => TokensOf(turn, place))];
        return tokens.All(ids => ids is null) ? []
            : tokens.Length == answers ? tokens
            : throw BadRow.At(place, $"\"turns\" tells the tokens of {tokens.Length} answers, but {answers} messages are answers");
    }

    private static int[]? TokensOf(JsonElement turn, TextPlace place)
    {
        if (!turn.TryGetProperty("token_ids", out var ids) || ids.ValueKind is JsonValueKind.Null)
        {
            return null;
        }

        return ids.ValueKind is JsonValueKind.Array
            ? [.. ids.EnumerateArray().Select(id => id.ValueKind is JsonValueKind.Number && id.TryGetInt32(out var value) && value >= 0
                ? value
                : throw BadRow.At(place, "\"token_ids\" must be whole numbers from 0 on"))]
            : throw BadRow.At(place, "\"token_ids\" must be a list");
    }
}
