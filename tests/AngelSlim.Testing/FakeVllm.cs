using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AngelSlim.Testing;

/// <summary>What a model says to a request.</summary>
/// <param name="Text">The answer.</param>
/// <param name="Tokens">Its tokens, with the end token unless it is cut.</param>
/// <param name="Prompt">What it read.</param>
/// <param name="Finish">Why it ended.</param>
public sealed record FakeSaying(string Text, int[] Tokens, int[] Prompt, string Finish = "stop");

/// <summary>A server that answers chat completions as a real vLLM 0.32 did when it was recorded: same status, headers and bytes, but for what the model says.</summary>
public sealed class FakeVllm : IDisposable
{
    public const string Model = "smollm2";
    private const string Completions = "/v1/chat/completions";
    private static readonly JsonSerializerOptions AsVllm = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly FakeServer _server;
    private readonly Func<JsonObject, FakeSaying> _say;

    public FakeVllm(Func<JsonObject, FakeSaying> say)
    {
        _say = say;
        _server = new(request => Fault?.Invoke(request) ?? Answer(request));
    }

    /// <summary>What was recorded, by case.</summary>
    public static IReadOnlyDictionary<string, JsonObject> Recorded { get; } =
        JsonNode.Parse(File.ReadAllText(Golden.Own("openai", "vllm-http.json")))!["exchanges"]!.AsArray().ToDictionary(each => (string)each!["case"]!, each => each!.AsObject());

    /// <summary>Answers in place of the server; null for the usual answer.</summary>
    public Func<FakeRequest, FakeAnswer?>? Fault { get; set; }

    /// <summary>The base address, as clients of OpenAI take it.</summary>
    public string Address => $"{_server.Address}v1";

    /// <summary>Keeps of requests only that they came.</summary>
    public bool ForgetsBodies
    {
        get => _server.ForgetsBodies;
        set => _server.ForgetsBodies = value;
    }

    /// <summary>What it was asked.</summary>
    public FakeRequest[] Requests => [.. _server.Requests];

    /// <summary>The bodies of what it was asked.</summary>
    public JsonObject[] Bodies => [.. Requests.Select(Body)];

    /// <summary>An answer byte for byte as it was recorded.</summary>
    public static FakeAnswer Replay(string name) => Of(Recorded[name], (string)Recorded[name]["body"]!);

    public static JsonObject Body(FakeRequest request) => JsonNode.Parse(request.Body)!.AsObject();

    public static FakeAnswer Json(int status, string body, params (string Name, string Value)[] headers) =>
        new(status, [("content-type", "application/json"), .. headers]) { Body = Encoding.UTF8.GetBytes(body) };

    /// <summary>What it answers when nothing is wrong with it.</summary>
    public FakeAnswer Answer(FakeRequest request)
    {
        if (request.Path is not Completions || request.Method is not "POST")
        {
            return Replay(request.Path is Completions ? "method" : "not-found");
        }

        var asked = Body(request);
        if ((string)asked["model"]! is not Model)
        {
            var unknown = Recorded["bad-model"];
            return Of(unknown, ((string)unknown["body"]!).Replace("`other`", $"`{asked["model"]}`", StringComparison.Ordinal));
        }

        return Of(Recorded["chat-token-ids"], Said(asked));
    }

    public void Dispose() => _server.Dispose();

    private string Said(JsonObject asked)
    {
        var (said, knowsIds) = (_say(asked), asked["return_token_ids"]?.GetValue<bool>() is true);
        var body = JsonNode.Parse((string)Recorded["chat-token-ids"]["body"]!)!;
        var choice = body["choices"]![0]!;
        choice["message"]!["content"] = said.Text;
        choice["finish_reason"] = said.Finish;
        choice["token_ids"] = knowsIds ? Ids(said.Tokens) : null;
        body["prompt_token_ids"] = knowsIds ? Ids(said.Prompt) : null;
        body["usage"]!["prompt_tokens"] = said.Prompt.Length;
        body["usage"]!["completion_tokens"] = said.Tokens.Length;
        body["usage"]!["total_tokens"] = said.Prompt.Length + said.Tokens.Length;
        return body.ToJsonString(AsVllm);
    }

    private static FakeAnswer Of(JsonObject recorded, string body) =>
        new((int)recorded["status"]!, [.. recorded["headers"]!.AsObject().Select(header => (header.Key, string.Create(CultureInfo.InvariantCulture, $"{header.Value}")))]) { Body = Encoding.UTF8.GetBytes(body) };

    private static JsonArray Ids(int[] ids) => new([.. ids.Select(id => JsonValue.Create(id))]);
}
