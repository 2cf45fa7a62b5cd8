using System.Collections.Concurrent;
using AngelSlim.Core.Artifacts;

namespace AngelSlim.Core.Planning;

/// <summary>Earlier results by stage, each stage read once: from the index, and from the store where the index does not know them. May be asked from several threads.</summary>
internal sealed class History(ArtifactStore store, IHistory index)
{
    /// <summary>Enough to find a near one; a store that holds more is not read through for a better reason.</summary>
    private const int MostOfAStage = 2000;

    private readonly ConcurrentDictionary<string, Lazy<StageHistory>> _stages = new(StringComparer.Ordinal);

    /// <summary>The results of a stage.</summary>
    public StageHistory Of(string stage) => _stages.GetOrAdd(stage, name => new(() => Read(name))).Value;

    private StageHistory Read(string stage)
    {
        // An index that lies about a recipe is not believed: the key is its digest.
        var indexed = index.Of(stage, MostOfAStage).Where(result => Digest.Of(result.Recipe) == result.Key.Recipe).ToList();
        var known = indexed.Select(result => result.Key).ToHashSet();
        var stored = store.KeysOf(stage).Where(key => !known.Contains(key)).Take(MostOfAStage - known.Count).Select(OfFiles).OfType<PastResult>();
        return new(indexed.Concat(stored).OrderByDescending(result => result.Made));
    }

    private PastResult? OfFiles(StepKey key)
    {
        if (store.Peek(key) is not { Artifact: { } artifact, Recipe: { } recipe } || Digest.Of(recipe) != key.Recipe)
        {
            return null;
        }

        return new(key, recipe) { Output = artifact.Listing.Digest, Bytes = artifact.Listing.Size, Seconds = artifact.Made.Seconds, Made = artifact.Made.At };
    }
}
