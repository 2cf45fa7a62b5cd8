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

/// <summary>The run that made a result.</summary>
/// <param name="Run">Its number.</param>
/// <param name="Manifest">As it was given.</param>
/// <param name="Host">The machine.</param>
internal sealed record PastMaking(long Run, string Manifest, string Host);

/// <summary>A file of what the user brought to an earlier run.</summary>
/// <param name="Source">Path of the file, or of the folder that it lay in.</param>
/// <param name="Name">Of the file.</param>
/// <param name="Sha256">Of its bytes.</param>
internal sealed record PastFile(string Source, string Name, string Sha256);

/// <summary>Bytes that a key has given.</summary>
/// <param name="Run">The first run that saw them.</param>
/// <param name="Seen">When.</param>
/// <param name="Steady">Digest of the files that equal runs have equal.</param>
internal sealed record PastOutput(long Run, DateTimeOffset Seen, string Steady);

/// <summary>What an index of the store remembers. It may have lost anything: what is in the store is read there.</summary>
internal interface IHistory
{
    /// <summary>The newest results of a stage.</summary>
    /// <param name="stage">Its name.</param>
    /// <param name="most">No more than these.</param>
    IReadOnlyList<PastResult> Of(string stage, int most);

    /// <summary>Who made a result last; null when that is not known.</summary>
    PastMaking? MakingOf(StepKey key);

    /// <summary>The files that a source's digest stood for, as the last run that read it found them; none when that is not known.</summary>
    IReadOnlyList<PastFile> FilesOf(string digest);

    /// <summary>All different outputs of a key, the first first.</summary>
    IReadOnlyList<PastOutput> OutputsOf(StepKey key);

    /// <summary>The keys of a run's steps; null for one that never knew what it reads. Empty when the run is not known.</summary>
    IReadOnlyDictionary<string, StepKey?> StepsOf(long run);
}
