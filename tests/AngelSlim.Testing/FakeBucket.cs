using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace AngelSlim.Testing;

/// <summary>What goes wrong with a request.</summary>
/// <param name="Status">Answered instead of doing it; 0 to do it.</param>
/// <param name="Code">The server's word for that.</param>
public sealed record BucketFault(int Status = 0, string Code = "")
{
    /// <summary>The connection is closed after so many bytes of the answer's body; null to send all.</summary>
    public int? ClosesAfter { get; init; }

    /// <summary>One bit of the answer's body, or of what was sent, is another.</summary>
    public bool Flips { get; init; }

    /// <summary>The answer comes that much later.</summary>
    public TimeSpan Waits { get; init; }
}

/// <summary>A server that speaks as much S3 as caches need, keeps objects in memory, and judges what it is sent: the signature's form, and both digests.</summary>
public sealed partial class FakeBucket : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, SortedDictionary<int, byte[]>> _uploads = new();
    private readonly CancellationTokenSource _over = new();

    public FakeBucket()
    {
        // The port is free until somebody else takes it, which does not happen within a test.
        using (var probe = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp))
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            Url = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndPoint!).Port}";
        }

        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        _ = Task.Run(Serve);
    }

    public string Url { get; }

    /// <summary>By name below the bucket.</summary>
    public ConcurrentDictionary<string, byte[]> Objects { get; } = new(StringComparer.Ordinal);

    /// <summary>Method and path of every request, in order.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>Uploads in parts that were neither completed nor aborted.</summary>
    public int OpenUploads => _uploads.Count;

    /// <summary>It compares what it is sent with the digests beside it, and says so; otherwise it takes anything.</summary>
    public bool KnowsSha256 { get; init; } = true;

    /// <summary>Names on a page of a listing.</summary>
    public int PageSize { get; init; } = 1000;

    /// <summary>Every page of a listing is the first.</summary>
    public bool RepeatsPages { get; init; }

    /// <summary>What goes wrong, by method and path; null for nothing.</summary>
    public Func<string, BucketFault?> Fault { get; set; } = _ => null;

    public void Dispose()
    {
        _over.Cancel();
        _listener.Close();
        _over.Dispose();
    }

    private async Task Serve()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                _ = Task.Run(() => Answer(context));
            }
            catch (Exception failure) when (failure is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task Answer(HttpListenerContext context)
    {
        try
        {
            var request = context.Request;
            var parts = request.Url!.AbsolutePath[1..].Split('/', 2);
            var key = Uri.UnescapeDataString(parts.Length > 1 ? parts[1] : "");
            var line = $"{request.HttpMethod} {key}{(request.QueryString.Count > 0 ? request.Url.Query : "")}";
            Requests.Enqueue(line);
            var body = new MemoryStream();
            await request.InputStream.CopyToAsync(body);
            var fault = Fault(line) ?? new();
            await Task.Delay(fault.Waits, _over.Token);
            var answer = fault.Status is not 0 ? Refusal(fault.Status, fault.Code) : Judge(request, body, fault) ?? Do(request, key, body.ToArray());
            await Send(context, answer, fault);
        }
        catch (Exception failure) when (failure is HttpListenerException or ObjectDisposedException or IOException or OperationCanceledException or InvalidOperationException)
        {
            // Whoever asked is gone.
        }
    }

    /// <summary>What is wrong with a request.</summary>
    private Reply? Judge(HttpListenerRequest request, MemoryStream body, BucketFault fault)
    {
        if (request.Headers["Authorization"] is not { } signed || !signed.StartsWith("AWS4-HMAC-SHA256 Credential=test-key/", StringComparison.Ordinal) || !signed.Contains("Signature=", StringComparison.Ordinal))
        {
            return Refusal(403, "AccessDenied");
        }

        var bytes = body.GetBuffer().AsSpan(0, (int)body.Length);
        if (fault.Flips && request.HttpMethod is "PUT" && bytes.Length > 0)
        {
            bytes[^1] ^= 1;
        }

        if (!KnowsSha256 || request.HttpMethod is not "PUT")
        {
            return null;
        }

        if (request.Headers["x-amz-content-sha256"] is { Length: 64 } payload && payload != Convert.ToHexStringLower(SHA256.HashData(bytes)))
        {
            return Refusal(400, "XAmzContentSHA256Mismatch");
        }

        return request.Headers["x-amz-checksum-sha256"] is not { } sum || sum != Convert.ToBase64String(SHA256.HashData(bytes)) ? Refusal(400, "BadDigest") : null;
    }

    private Reply Do(HttpListenerRequest request, string key, byte[] body) => (request.HttpMethod, request.QueryString["uploadId"]) switch
    {
        ("GET", _) when request.QueryString["list-type"] is "2" => List(request.QueryString["prefix"] ?? "", request.QueryString["continuation-token"]),
        ("GET", _) => Objects.TryGetValue(key, out var found) ? new(200, found) : Refusal(404, "NoSuchKey"),
        ("PUT", { } upload) => Part(upload, int.Parse(request.QueryString["partNumber"]!, CultureInfo.InvariantCulture), body),
        ("PUT", _) => Put(key, body),
        ("POST", { } upload) => Complete(key, upload, Encoding.UTF8.GetString(body)),
        ("POST", _) => Begin(key),
        ("DELETE", { } upload) => Abort(upload),
        ("DELETE", _) => Delete(key),
        _ => Refusal(405, "MethodNotAllowed"),
    };

    private static async Task Send(HttpListenerContext context, Reply answer, BucketFault fault)
    {
        context.Response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
        {
            context.Response.Headers[name] = value;
        }

        var body = answer.Body;
        if (fault.Flips && context.Request.HttpMethod is "GET" && body.Length > 0)
        {
            body = [.. body[..^1], (byte)(body[^1] ^ 1)];
        }

        if (answer.Status is not 204)
        {
            context.Response.ContentLength64 = body.Length;
            await context.Response.OutputStream.WriteAsync(body.AsMemory(0, Math.Min(fault.ClosesAfter ?? body.Length, body.Length)));
        }

        if (fault.ClosesAfter is null)
        {
            context.Response.Close();
        }
        else
        {
            await context.Response.OutputStream.FlushAsync();
            context.Response.Abort();
        }
    }

    /// <summary>What is answered.</summary>
    private sealed record Reply(int Status, byte[] Body)
    {
        public Dictionary<string, string> Headers { get; init; } = [];
    }
}
