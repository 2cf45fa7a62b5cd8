using System.Text.Json;
using AngelSlim.Core.Stages.Contracts;

namespace AngelSlim.Core.Stages.Regeneration;

/// <summary>The body of a request for chat completions.</summary>
/// <remarks>
/// Everything that has a default is said: servers take theirs from the model's own <c>generation_config.json</c>, with which
/// the text would not be what the manifest asks for. Members that a server does not know it ignores.
/// </remarks>
internal static class ChatRequest
{
    /// <summary>JSON in UTF-8.</summary>
    /// <param name="settings">How answers are drawn, and how long they get.</param>
    /// <param name="open">The row, up to its next answer.</param>
    public static byte[] Of(AskSettings settings, OpenRow open) => RowLine.Write(json =>
    {
        json.WriteString("model", settings.Model);
        RowLine.WriteMessages(json, open.Said, open.Row.Source.Arguments);
        if (open.Row.Source.Arguments.ContainsKey("tools"))
        {
            // The tools stay in the prompt, and what the target writes comes as text, not taken apart into calls.
            json.WriteString("tool_choice", "none");
        }

        json.WriteNumber("max_tokens", settings.MaxNewTokens);
        Sampling(json, settings.Sampling, open.Row);
        json.WriteNumber("n", 1);
        json.WriteBoolean("stream", false);
        json.WriteBoolean("return_token_ids", true);
    });

    private static void Sampling(Utf8JsonWriter json, AnswerSampling? sampling, AskedRow row)
    {
        json.WriteNumber("temperature", sampling?.Temperature ?? 0);
        json.WriteNumber("top_p", sampling?.TopP ?? 1);

        // "All words": vLLM knows it as 0 and as -1, SGLang as -1 only.
        json.WriteNumber("top_k", sampling?.TopK ?? -1);
        json.WriteNumber("min_p", 0);
        json.WriteNumber("repetition_penalty", 1);
        if (sampling is not null)
        {
            json.WriteNumber("seed", row.Seed(sampling.Seed));
        }
    }
}
