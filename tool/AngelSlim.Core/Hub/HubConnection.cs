using System.Net;
using System.Net.Http.Headers;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Web;

namespace AngelSlim.Core.Hub;

/// <summary>How far a request goes where it is sent elsewhere.</summary>
internal enum Follow
{
    /// <summary>As long as it stays with the host that was asked: what this says about a file that lies elsewhere is wanted.</summary>
    OwnHost,

    /// <summary>To where the bytes are.</summary>
    Anywhere,
}

/// <summary>Requests to the hub, and to where it sends them. The token goes to the endpoint and nowhere else.</summary>
/// <param name="access">Where the hub is.</param>
/// <param name="patience">How long it is waited for.</param>
internal sealed class HubConnection(HubAccess access, Patience patience) : IDisposable
{
    private const int MostRedirects = 10;

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = patience.Silence,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Asks, and returns as soon as the headers of the answer are there; its body is the caller's.</summary>
    /// <param name="method">How.</param>
    /// <param name="address">What.</param>
    /// <param name="from">The first byte that is wanted; 0 for all.</param>
    /// <param name="follow">How far.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="TroubleException">There is no answer, or one that may be another the next time.</exception>
    /// <exception cref="DataException">It is sent in circles, or from an encrypted connection to an open one.</exception>
    public async Task<HttpResponseMessage> AskAsync(HttpMethod method, Uri address, long from, Follow follow, CancellationToken ct)
    {
        var at = address;
        for (var hops = 0; hops <= MostRedirects; hops++)
        {
            var response = await OnceAsync(method, at, from, ct);
            if (Elsewhere(response, at) is not { } next || (follow is Follow.OwnHost && !IsSameHost(next, at)))
            {
                return Answered(response, at);
            }

            response.Dispose();
            if (at.Scheme is "https" && next.Scheme is not "https")
            {
                throw Wrong(address, $"is sent from https to {next.Scheme}://{next.Authority}, which anybody on the way could read and change");
            }

            at = next;
        }

        throw Wrong(address, $"is sent elsewhere more than {MostRedirects} times");
    }

    /// <summary>The next bytes of a body.</summary>
    /// <returns>How many; 0 at the end.</returns>
    /// <exception cref="TroubleException">The connection broke.</exception>
    public async Task<int> ReadAsync(Stream body, Memory<byte> buffer, CancellationToken ct)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(ct);
        silence.CancelAfter(patience.Silence);
        try
        {
            return await body.ReadAsync(buffer, silence.Token);
        }
        catch (Exception failure) when (Faults.IsTrouble(failure, ct))
        {
            throw Faults.Trouble(failure, patience.Silence);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> OnceAsync(HttpMethod method, Uri address, long from, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, address);
        request.Headers.UserAgent.ParseAdd(access.Program);
        request.Headers.AcceptEncoding.ParseAdd("identity");
        if (from > 0)
        {
            request.Headers.Range = new RangeHeaderValue(from, null);
        }

        if (IsSameHost(address, access.Endpoint) && access.Token.Value is { } token)
        {
            request.Headers.Authorization = new("Bearer", token);
        }

        using var silence = CancellationTokenSource.CreateLinkedTokenSource(ct);
        silence.CancelAfter(patience.Silence);
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token);
        }
        catch (Exception failure) when (Faults.IsTrouble(failure, ct))
        {
            throw Faults.Trouble(failure, patience.Silence);
        }
    }

    /// <summary>Where the answer sends; null when it is an answer.</summary>
    private static Uri? Elsewhere(HttpResponseMessage response, Uri at) =>
        (int)response.StatusCode is 301 or 302 or 303 or 307 or 308 && response.Headers.Location is { } location ? new Uri(at, location) : null;

    /// <summary>Scheme, name and port.</summary>
    private static bool IsSameHost(Uri one, Uri other) => one.Scheme == other.Scheme && one.Authority.Equals(other.Authority, StringComparison.OrdinalIgnoreCase);

    /// <summary>An answer that stands. That of another host is asked for anew at the hub: its addresses hold for some minutes only.</summary>
    private HttpResponseMessage Answered(HttpResponseMessage response, Uri at)
    {
        var status = (int)response.StatusCode;
        if (!Faults.Passes(status) && (status < 400 || status is 416 || IsSameHost(at, access.Endpoint)))
        {
            return response;
        }

        var after = Faults.RetryAfter(response, patience.Clock);
        response.Dispose();
        throw new TroubleException($"{at.Authority} answers {status}", after);
    }

    private static DataException Wrong(Uri address, string what) => new(ProblemCode.BadDownload, $"{address.GetLeftPart(UriPartial.Path)} {what}. Look at HF_ENDPOINT and at proxies on the way.");
}
