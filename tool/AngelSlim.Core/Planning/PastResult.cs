using AngelSlim.Core.Artifacts;

namespace AngelSlim.Core.Planning;

/// <summary>A result that was made at some time, whether or not it is still there.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Recipe">The text that the key is the digest of.</param>
internal sealed record PastResult(StepKey Key, string Recipe)
{
    /// <summary>Its content.</summary>
    public required Digest Output { get; init; }

    /// <summary>Of all its files.</summary>
    public required long Bytes { get; init; }

    /// <summary>Time that making it took, over all attempts that are known of.</summary>
    public required double Seconds { get; init; }

    /// <summary>When it was finished.</summary>
    public required DateTimeOffset Made { get; init; }
}

/// <summary>What an index of the store remembers. It may have lost anything: what is in the store is read there.</summary>
internal interface IHistory
{
    /// <summary>The newest results of a stage.</summary>
    /// <param name="stage">Its name.</param>
    /// <param name="most">No more than these.</param>
    IReadOnlyList<PastResult> Of(string stage, int most);
}
