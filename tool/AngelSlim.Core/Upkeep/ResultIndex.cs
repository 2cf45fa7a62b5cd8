using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Running;

namespace AngelSlim.Core.Upkeep;

/// <summary>Tells the index of results that came into the store without a run.</summary>
internal static class ResultIndex
{
    /// <summary>Results that can be read and that the index does not have.</summary>
    /// <param name="database">The index.</param>
    /// <param name="objects">All results.</param>
    public static IReadOnlyList<StoredObject> Missing(RunDatabase database, IReadOnlyList<StoredObject> objects)
    {
        var indexed = database.Rows("select stage, key from artifacts", row => (row.GetString(0), row.GetString(1))).ToHashSet();
        return [.. objects.Where(found => found.Fault is null && !indexed.Contains((found.Key.Stage, found.Key.Recipe.Hex)))];
    }

    /// <summary>Keeps results with what they were made of, by the digests in their recipes.</summary>
    /// <param name="database">The index.</param>
    /// <param name="missing">What it is told of.</param>
    /// <param name="objects">All results.</param>
    public static void Keep(RunDatabase database, IReadOnlyList<StoredObject> missing, IReadOnlyList<StoredObject> objects) => database.InTransaction(() =>
    {
        var producers = objects.Where(found => found.Fault is null).ToLookup(found => found.Artifact!.Listing.Digest.Hex, found => found.Key);
        foreach (var found in missing)
        {
            ArtifactIndex.Keep(database, found.Artifact!, found.Recipe!, steady: null);
            foreach (var input in Reached.Inputs(found.Recipe!))
            {
                ArtifactIndex.KeepInput(database, found.Key, input, producers[input.Digest].Select(key => (StepKey?)key).FirstOrDefault());
            }
        }
    });
}
