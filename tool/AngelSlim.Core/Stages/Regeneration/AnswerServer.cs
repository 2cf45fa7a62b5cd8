using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Web;

namespace AngelSlim.Core.Stages.Regeneration;

/// <summary>The rest of a conversation is longer than the target can read.</summary>
internal sealed class NoRoomException(string words) : Exception(words);

/// <summary>One server that has the target.</summary>
/// <param name="address">Its base address.</param>
/// <param name="http">Borrowed; follows no redirect, so that the key stays here.</param>
/// <param name="access">The key.</param>
/// <param name="patience">How long one answer may take.</param>
internal sealed class AnswerServer(Uri address, HttpClient http, AnswerAccess access, Patience patience)
{
    private const int LongestAnswer = 64 << 20;
    private const int LongestRefusal = 1 << 16;
    private const int LongestWords = 300;

    private readonly Uri _completions = Completions(address);
    private long _answered;

    /// <summary>Answers that came from it.</summary>
    public long Answered => Interlocked.Read(ref _answered);

    /// <summary>Why it is not asked any more; null while it is.</summary>
    public TroubleException? LeftOut { get; set; }

    /// <summary>It was said that it is in trouble, and it has not answered since.</summary>
    public bool IsTroubleTold { get; set; }

    /// <summary>Its base address, as the manifest has it.</summary>
    public override string ToString() => Shown.Plain(address.OriginalString);

    /// <summary>Asks once.</summary>
    /// <param name="body">The request.</param>
    /// <param name="place">The row, for what is wrong with it.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="TroubleException">No whole answer came; the next time one may.</exception>
    /// <exception cref="NoRoomException">What was asked is longer than the target can read.</exception>
    /// <exception cref="DataException">The server refuses this row, or all of them.</exception>
    public async Task<Answer> AskAsync(byte[] body, TextPlace place, CancellationToken ct)
    {
        using var patient = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patient.CancelAfter(patience.Silence);
        try
        {
            using var request = Request(body);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patient.Token);
            var status = (int)response.StatusCode;
            if (!response.IsSuccessStatusCode)
            {
                throw Refusal(status, Words(await ReadAsync(response, LongestRefusal, patient.Token)), Faults.RetryAfter(response, patience.Clock), place);
            }

            var answer = ChatAnswer.Read(await ReadAsync(response, LongestAnswer, patient.Token) ?? throw new TroubleException($"answers with more than {LongestAnswer >> 20} MB"));
            Interlocked.Increment(ref _answered);
            IsTroubleTold = false;
            return answer;
        }
        catch (Exception failure) when (Faults.IsTrouble(failure, ct))
        {
            throw Faults.Trouble(failure, patience.Silence);
        }
    }

    /// <summary>As clients of OpenAI take a base address; a bare one is where servers have their <c>/v1</c>.</summary>
    private static Uri Completions(Uri address)
    {
        var path = address.AbsolutePath.TrimEnd('/');
        return new(address, (path.Length is 0 ? "/v1" : path) + "/chat/completions");
    }

    private HttpRequestMessage Request(byte[] body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, _completions) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.UserAgent.ParseAdd(access.Program);
        request.Headers.AcceptEncoding.ParseAdd("identity");
        request.Headers.Authorization = access.Key.Value is { } key ? new("Bearer", key) : null;
        return request;
    }

    private static async Task<byte[]?> ReadAsync(HttpResponseMessage response, int most, CancellationToken ct)
    {
        var body = await response.Content.ReadAsStreamAsync(ct);
        return await Faults.BodyAsync(async buffer => await body.ReadAsync(buffer, ct), most);
    }

    private Exception Refusal(int status, (string Text, bool IsNoRoom) words, TimeSpan? after, TextPlace place)
    {
        var said = words.Text.Length > 0 ? $"answers {status}: {words.Text}" : $"answers {status}";
        return status switch
        {
            _ when Faults.Passes(status) => new TroubleException(said, after) { Status = status },
            400 when words.IsNoRoom => new NoRoomException($"{this} {said}"),
            400 or 413 or 422 => Text.BadRow.At(place, $"{this} refuses the row: {said}"),
            _ => new DataException(ProblemCode.ServerRefuses, $"{_completions} {said}. Look at regenerate.servers, regenerate.model and {access.Key}; what came is kept, and the same command goes on."),
        };
    }

    /// <summary>What the server says, in one line that is not too long. vLLM has an object below <c>error</c>, or a text; SGLang a flat object; unknown paths have <c>detail</c>.</summary>
    private (string Text, bool IsNoRoom) Words(byte[]? body)
    {
        var (text, param) = ("", "");
        try
        {
            using var json = JsonDocument.Parse(body ?? []);
            var error = json.RootElement.ValueKind is JsonValueKind.Object && json.RootElement.TryGetProperty("error", out var inner) ? inner : json.RootElement;
            text = error.ValueKind is JsonValueKind.String ? error.GetString()! : Member(error, "message") ?? Member(error, "detail") ?? "";
            param = Member(error, "param") ?? "";
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            text = Encoding.UTF8.GetString(body ?? []);
        }

        // A server may quote the key that it does not take.
        text = access.Key.Value is { } key ? text.Replace(key, "…", StringComparison.Ordinal) : text;
        var plain = Shown.Plain(text.Trim());
        return (plain.Length > LongestWords ? plain[..LongestWords] + "…" : plain, param is "input_tokens" || text.Contains("maximum context length", StringComparison.Ordinal));
    }

    private static string? Member(JsonElement json, string name) =>
        json.ValueKind is JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
