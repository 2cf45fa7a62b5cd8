using System.Text.Json;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Web;

namespace AngelSlim.Core.Stages.Regeneration;

/// <summary>Reads a server's answer. It is taken for what a stranger says: what is not one whole answer is trouble, and is asked for again.</summary>
internal static class ChatAnswer
{
    /// <summary>What the target said.</summary>
    /// <param name="body">JSON in UTF-8.</param>
    /// <exception cref="TroubleException">It is not one whole answer.</exception>
    public static Answer Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return Read(json.RootElement);
        }
        catch (JsonException failure)
        {
            throw Trouble($"with what is no JSON ({failure.Reason().TrimEnd('.')})");
        }
        catch (InvalidOperationException)
        {
            throw Trouble("with a text that is not valid Unicode");
        }
    }

    private static Answer Read(JsonElement root)
    {
        var choices = Member(root, "choices");
        if (choices.ValueKind is not JsonValueKind.Array || choices.GetArrayLength() is not 1)
        {
            throw Trouble(choices.ValueKind is JsonValueKind.Array ? $"with {choices.GetArrayLength()} choices, where 1 was asked for" : "without choices");
        }

        var (choice, message) = (choices[0], Member(choices[0], "message"));
        var reason = Member(choice, "finish_reason");
        if (reason.ValueKind is not JsonValueKind.String || !(reason.ValueEquals("stop"u8) || reason.ValueEquals("length"u8)))
        {
            throw Trouble($"with the finish_reason {Shown.Quoted(reason.ValueKind is JsonValueKind.String ? reason.GetString()! : reason.ToString())}; expected stop or length");
        }

        foreach (var taken in new[] { "reasoning", "reasoning_content", "tool_calls" })
        {
            if (!IsEmpty(Member(message, taken)))
            {
                throw Trouble($"with \"{taken}\" taken out of the text, so that what the target wrote is not whole: start the server without that parser");
            }
        }

        var content = Member(message, "content");
        var tokens = Ids(Member(choice, "token_ids"), "token_ids");
        return new Answer(content.ValueKind is JsonValueKind.String ? content.GetString()! : throw Trouble("without a text as content"), reason.ValueEquals("length"u8))
        {
            Tokens = tokens,
            NewTokens = tokens?.Length ?? Count(Member(Member(root, "usage"), "completion_tokens")),
            OtherPrompt = Ids(Member(root, "prompt_token_ids"), "prompt_token_ids") ?? Ids(Member(choice, "prompt_token_ids"), "prompt_token_ids"),
        };
    }

    /// <summary>Undefined where there is none, or where the value is no object.</summary>
    private static JsonElement Member(JsonElement json, string name) =>
        json.ValueKind is JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value : default;

    private static bool IsEmpty(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => true,
        JsonValueKind.String => json.ValueEquals(""u8),
        JsonValueKind.Array => json.GetArrayLength() is 0,
        _ => false,
    };

    private static int? Count(JsonElement json) => json.ValueKind is JsonValueKind.Number && json.TryGetInt32(out var count) && count >= 0 ? count : null;

    private static int[]? Ids(JsonElement json, string name) => json.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => null,
        JsonValueKind.Array => [.. json.EnumerateArray().Select(id => Count(id) ?? throw Trouble($"with \"{name}\" that are no whole numbers from 0 on"))],
        _ => throw Trouble($"with \"{name}\" that are no list"),
    };

    private static TroubleException Trouble(string what) => new($"answers {what}");
}
