namespace AngelSlim.Core.Web;

/// <summary>How long a server is waited for.</summary>
/// <param name="Clock">Pauses are measured by it.</param>
internal sealed record Patience(TimeProvider Clock)
{
    /// <summary>Tries of one thing, until it gets on by a byte.</summary>
    public int Tries { get; init; } = 6;

    /// <summary>Before the second try; doubled before each further one.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A server that asks for a longer pause is not waited for.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>A connection on which nothing comes for so long is given up.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Before the next try, unless the server says when.</summary>
    /// <param name="tries">That went wrong, at least 1.</param>
    public TimeSpan PauseAfter(int tries) => FirstPause * (1L << Math.Min(tries - 1, 30));
}
