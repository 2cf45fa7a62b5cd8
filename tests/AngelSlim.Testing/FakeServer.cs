using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AngelSlim.Testing;

/// <summary>What a server was asked.</summary>
/// <param name="Method">GET, HEAD or POST.</param>
/// <param name="Path">With the query.</param>
/// <param name="Headers">By name, in lower case.</param>
public sealed record FakeRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>What was sent with it.</summary>
    public byte[] Body { get; init; } = [];

    /// <summary>The first byte that is wanted; null when all are.</summary>
    public int? From => Headers.TryGetValue("range", out var range) ? int.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture) : null;

    /// <summary>The token that came with it.</summary>
    public string? Token => Headers.TryGetValue("authorization", out var token) ? token : null;
}

/// <summary>What a server answers.</summary>
public sealed record FakeAnswer(int Status, params (string Name, string Value)[] Headers)
{
    /// <summary>Its bytes.</summary>
    public byte[] Body { get; init; } = [];

    /// <summary>Bytes after which the connection is closed; null when all are sent.</summary>
    public int? BreaksAfter { get; init; }

    /// <summary>Does not close the connection there, but says nothing more.</summary>
    public bool IsSilentThen { get; init; }

    /// <summary>The length that it claims; null for the true one, -1 for none.</summary>
    public long? Claims { get; init; }
}

/// <summary>A web server that does exactly what a test wants, faults included: one request for each connection.</summary>
public sealed class FakeServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Func<FakeRequest, FakeAnswer> _answer;

    public FakeServer(Func<FakeRequest, FakeAnswer> answer)
    {
        _answer = answer;
        _listener.Start();
        Address = new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _ = AcceptAsync();
    }

    /// <summary>Where it is.</summary>
    public Uri Address { get; }

    /// <summary>Keeps of requests only that they came.</summary>
    public bool ForgetsBodies { get; set; }

    /// <summary>What it was asked, in order.</summary>
    public ConcurrentQueue<FakeRequest> Requests { get; } = new();

    public void Dispose()
    {
        if (!_end.IsCancellationRequested)
        {
            _end.Cancel();
            _listener.Dispose();
            _end.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        // An answer that waits must not keep the next request from being read.
        await Task.Yield();
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var request = await ReadAsync(stream);
                Requests.Enqueue(ForgetsBodies ? request with { Body = [] } : request);
                await WriteAsync(stream, request, _answer(request));
            }
            catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
            }
        }
    }

    private async Task<FakeRequest> ReadAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            text.Append(await stream.ReadAsync(one, _end.Token) is 1 ? (char)one[0] : throw new IOException("closed"));
        }

        var lines = text.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(parts => parts[0].ToLowerInvariant(), parts => parts[1]);
        var body = new byte[headers.TryGetValue("content-length", out var length) ? int.Parse(length, CultureInfo.InvariantCulture) : 0];
        await stream.ReadExactlyAsync(body, _end.Token);
        return new(lines[0].Split(' ')[0], lines[0].Split(' ')[1], headers) { Body = body };
    }

    private async Task WriteAsync(NetworkStream stream, FakeRequest request, FakeAnswer answer)
    {
        var head = new StringBuilder($"HTTP/1.1 {answer.Status} Fake\r\nConnection: close\r\n");
        foreach (var (name, value) in answer.Headers)
        {
            head.Append($"{name}: {value}\r\n");
        }

        if (answer.Claims is not -1)
        {
            head.Append($"Content-Length: {answer.Claims ?? answer.Body.Length}\r\n");
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), _end.Token);
        if (request.Method is "HEAD")
        {
            return;
        }

        await stream.WriteAsync(answer.Body.AsMemory(0, Math.Min(answer.BreaksAfter ?? answer.Body.Length, answer.Body.Length)), _end.Token);
        await stream.FlushAsync(_end.Token);
        if (answer.IsSilentThen)
        {
            await Task.Delay(Timeout.Infinite, _end.Token);
        }
    }
}
