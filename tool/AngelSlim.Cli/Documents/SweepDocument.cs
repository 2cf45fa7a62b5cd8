using AngelSlim.Core.Running;

namespace AngelSlim.Cli.Documents;

/// <summary>What <c>sweep --table</c> says: what the points have brought so far.</summary>
[Form("sweep", 1)]
internal sealed record SweepDocument : Document
{
    /// <summary>Path of the manifest, as given.</summary>
    public required string Manifest { get; init; }

    /// <summary>In the order of the sweep.</summary>
    public required IReadOnlyList<DocumentPoint> Points { get; init; }

    /// <summary>Of what is in the store.</summary>
    public static SweepDocument Of(string manifest, IReadOnlyList<PointResult> points) => new() { Manifest = manifest, Points = [.. points.Select(DocumentPoint.Of)] };
}
