namespace AngelSlim.Core.Sharing;

/// <summary>How a server is dealt with.</summary>
internal sealed record S3Limits
{
    /// <summary>Bytes of a part; what is larger is sent in parts, each of which can be sent again. Servers take no smaller ones than 5 MiB, but for the last.</summary>
    public int PartSize { get; init; } = 16 << 20;

    /// <summary>How long one request may take, the sending of a part included.</summary>
    public TimeSpan Request { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often a request that failed is made again, each time after a longer while.</summary>
    public int Retries { get; init; } = 4;

    /// <summary>More names than any cache has; a listing that goes on behind them does not end.</summary>
    public int MostNames { get; init; } = 5_000_000;
}
