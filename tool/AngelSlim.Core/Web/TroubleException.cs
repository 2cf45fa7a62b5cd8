namespace AngelSlim.Core.Web;

/// <summary>Something went wrong that may go right the next time: a broken connection, a server that has too much to do.</summary>
/// <param name="what">A clause: <c>hub.example answers 503</c>.</param>
/// <param name="after">When the server wants to be asked again; null when it does not say.</param>
/// <param name="inner">What lies beneath.</param>
internal sealed class TroubleException(string what, TimeSpan? after = null, Exception? inner = null) : Exception(what, inner)
{
    /// <summary>When the server wants to be asked again.</summary>
    public TimeSpan? After { get; } = after;

    /// <summary>The status of the answer; null when none came.</summary>
    public int? Status { get; init; }
}
