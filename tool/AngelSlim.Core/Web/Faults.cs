namespace AngelSlim.Core.Web;

/// <summary>What goes wrong between a client and a server, and which of it may go right the next time.</summary>
internal static class Faults
{
    /// <summary>Too much to do, or a fault of the server: another answer may come the next time.</summary>
    /// <param name="status">Of an answer.</param>
    public static bool Passes(int status) => status is 408 or 425 or 429 or >= 500;

    /// <summary>The connection broke. A stop that the user did not ask for is a connection on which nothing came.</summary>
    /// <param name="failure">What was thrown.</param>
    /// <param name="ct">The user's wish to stop.</param>
    public static bool IsTrouble(Exception failure, CancellationToken ct) =>
        failure is HttpRequestException or IOException || (failure is OperationCanceledException && !ct.IsCancellationRequested);

    /// <summary>A broken connection in one clause.</summary>
    /// <param name="failure">One of which <see cref="IsTrouble"/> is true.</param>
    /// <param name="waited">How long it was waited for.</param>
    public static TroubleException Trouble(Exception failure, TimeSpan waited) => failure is OperationCanceledException
        ? new($"nothing came for {waited.TotalSeconds:0} s", inner: failure)
        : new((failure.InnerException ?? failure).Message.TrimEnd('.'), inner: failure);

    /// <summary>When the server wants to be asked again; null when it does not say.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider clock) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > clock.GetUtcNow() => date - clock.GetUtcNow(),
        _ => null,
    };

    /// <summary>All bytes of a body, up to a number that no honest one reaches.</summary>
    /// <param name="read">Gives the next bytes; none at the end.</param>
    /// <param name="most">Bytes.</param>
    /// <returns>Null when there are more.</returns>
    public static async Task<byte[]?> BodyAsync(Func<Memory<byte>, ValueTask<int>> read, int most)
    {
        var (body, buffer) = (new MemoryStream(), new byte[1 << 16]);
        for (int count; (count = await read(buffer)) > 0;)
        {
            body.Write(buffer, 0, count);
            if (body.Length > most)
            {
                return null;
            }
        }

        return body.ToArray();
    }
}
