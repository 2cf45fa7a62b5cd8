using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Json;
using AngelSlim.Core.Text;
using AngelSlim.Core.Text.Jinja;

namespace AngelSlim.Core.Stages.Regeneration;

/// <summary>Conversations as JSON: the line of the result, and the members of a request.</summary>
internal static class RowLine
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A row with its answers, as <see cref="ConversationReader"/> reads it; without a line end.</summary>
    public static byte[] Of(OpenRow open) => Write(json =>
    {
        json.WriteString("id", open.Row.Name);
        WriteMessages(json, open.Said, open.Row.Source.Arguments);
        json.WriteStartArray("turns");
        foreach (var answer in open.Answers)
        {
            json.WriteStartObject();
            json.WriteString("finish_reason", answer.IsCut ? "length" : "stop");
            WriteIds(json, "token_ids", answer.Tokens);
            if (answer is { Tokens: null, NewTokens: { } tokens })
            {
                json.WriteNumber("completion_tokens", tokens);
            }

            WriteIds(json, "prompt_token_ids", answer.OtherPrompt);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>One JSON object on one line.</summary>
    /// <param name="members">Writes its members.</param>
    public static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, Compact))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Writes <c>messages</c>, and the further variables of the template: <c>tools</c>.</summary>
    public static void WriteMessages(Utf8JsonWriter json, IReadOnlyList<Message> messages, IReadOnlyDictionary<string, object?> arguments)
    {
        json.WriteStartArray("messages");
        foreach (var message in messages)
        {
            WriteValue(json, message.Members);
        }

        json.WriteEndArray();
        foreach (var (name, value) in arguments)
        {
            json.WritePropertyName(name);
            WriteValue(json, value);
        }
    }

    private static void WriteIds(Utf8JsonWriter json, string name, int[]? ids)
    {
        if (ids is null)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var id in ids)
        {
            json.WriteNumberValue(id);
        }

        json.WriteEndArray();
    }

    /// <summary>A value as it came out of JSON.</summary>
    private static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case PythonDict dict:
                json.WriteStartObject();
                foreach (var (name, member) in dict.Pairs)
                {
                    json.WritePropertyName((string)name!);
                    WriteValue(json, member);
                }

                json.WriteEndObject();
                break;
            case PythonList list:
                json.WriteStartArray();
                foreach (var item in list.Items)
                {
                    WriteValue(json, item);
                }

                json.WriteEndArray();
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case bool truth:
                json.WriteBooleanValue(truth);
                break;
            case BigInteger whole:
                json.WriteRawValue(whole.ToString(CultureInfo.InvariantCulture));
                break;
            case double number:
                // What was too large for a double when it was read is that again.
                json.WriteRawValue(double.IsInfinity(number) ? (number > 0 ? "1e999" : "-1e999") : number.ToString("R", CultureInfo.InvariantCulture));
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }
}
