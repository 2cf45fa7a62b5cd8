using System.Text.Json;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text.Jinja;

namespace AngelSlim.Core.Text;

/// <summary>
/// Conversations, one a row: OpenAI's <c>{"messages": [{"role", "content"}]}</c>, with <c>tools</c>; ShareGPT's
/// <c>{"conversations": [{"from", "value"}]}</c>, and AngelSlim's with <c>role</c> and <c>content</c> in their place; UltraChat's
/// <c>{"data": [question, answer, …]}</c>. The row itself says which it is. A row may say in <c>turns[i].token_ids</c> which tokens the target
/// itself produced as its i-th answer, and with a <c>turns[i].finish_reason</c> of <c>length</c> that the answer was cut.
/// </summary>
internal static class ConversationReader
{
    // Every answer's prompt is rendered by itself, so the work grows with the square of the messages.
    private const int MostMessages = 1_000;

    private static readonly string[] Forms = ["messages", "conversations", "data"];

    /// <summary>Reads one row.</summary>
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
        var name = Form(row) ?? throw line.Bad("expected \"messages\" (OpenAI), \"conversations\" (ShareGPT, AngelSlim) or \"data\" (UltraChat)");
        var list = row.GetProperty(name);
        if (list.ValueKind is not JsonValueKind.Array || list.GetArrayLength() is 0 or > MostMessages)
        {
            throw line.Bad($"\"{name}\" must be a list of 1 to {MostMessages} messages");
        }

        Message[] messages = [.. list.EnumerateArray().Select((message, index) => ReadMessage(name, message, index, line))];
        return new Conversation(line.Place, Id(row), messages)
        {
            Arguments = row.TryGetProperty("tools", out var tools) && tools.ValueKind is JsonValueKind.Array
                ? new Dictionary<string, object?> { ["tools"] = JinjaValue.Of(tools) }
                : new Dictionary<string, object?>(),
            Origins = row.TryGetProperty("turns", out var turns) ? Origins(turns, messages.Count(message => message.IsAnswer), line) : [],
        };
    }

    /// <summary>The member that has the messages; null when a row is no conversation.</summary>
    public static string? Form(JsonElement row) => Forms.FirstOrDefault(name => row.TryGetProperty(name, out _));

    private static Message ReadMessage(string form, JsonElement json, int index, JsonLine line) => form switch
    {
        "data" when json.ValueKind is JsonValueKind.String => Message.Of(index % 2 is 0 ? "user" : "assistant", json.GetString()!),
        "data" => throw line.Bad($"\"data\" must be a list of texts, question and answer in turn, found {json.ValueKind}"),
        "conversations" when json.ValueKind is not JsonValueKind.Object || !json.TryGetProperty("role", out _) => ShareGpt(json, line),
        _ => OpenAi(json, line),
    };

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

    private static AnswerOrigin[] Origins(JsonElement turns, int answers, JsonLine line)
    {
        if (turns.ValueKind is not JsonValueKind.Array || turns.EnumerateArray().Any(turn => turn.ValueKind is not JsonValueKind.Object))
        {
            return [];
        }

        AnswerOrigin[] origins = [.. turns.EnumerateArray().Select(turn => new AnswerOrigin(TokensOf(turn, line), IsCut(turn)))];
        return origins.All(origin => origin is { Tokens: null, IsCut: false }) ? []
            : origins.Length == answers ? origins
            : throw line.Bad($"\"turns\" tells the origin of {origins.Length} answers, but {answers} messages are answers");
    }

    private static bool IsCut(JsonElement turn) =>
        turn.TryGetProperty("finish_reason", out var reason) && reason.ValueKind is JsonValueKind.String && reason.ValueEquals("length"u8);

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
