using AngelSlim.Core.Artifacts;

namespace AngelSlim.Core.Running;

/// <summary>A run, as the index has it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Manifest">Path of the manifest.</param>
/// <param name="Name">The experiment's name.</param>
/// <param name="Started">UTC.</param>
/// <param name="Ended">UTC; null while it goes on, or when it was killed.</param>
/// <param name="Outcome"><c>made</c>, <c>stopped</c> or <c>failed</c>; null as <paramref name="Ended"/>.</param>
/// <param name="Made">Steps that were made.</param>
/// <param name="Cached">Steps whose result was there.</param>
internal sealed record PastRun(long Id, string Manifest, string Name, string Started, string? Ended, string? Outcome, long Made, long Cached);

/// <summary>A result that is not complete.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Items">Lines of its journal.</param>
/// <param name="Holder">Who works on it; null when nobody does.</param>
internal sealed record PartialWork(StepKey Key, int Items, Holder? Holder);

/// <summary>What a store knows about itself.</summary>
/// <param name="Runs">The latest first.</param>
/// <param name="Work">By key.</param>
internal sealed record StoreStatus(IReadOnlyList<PastRun> Runs, IReadOnlyList<PartialWork> Work)
{
    /// <summary>Looks.</summary>
    public static StoreStatus Of(RunDatabase database, ArtifactStore store, int runs) => new(
        database.Rows(
            """
            select id, manifest, name, started, ended, outcome,
              (select count(*) from steps where run = runs.id and outcome = 'made'), (select count(*) from steps where run = runs.id and outcome = 'cached')
            from runs order by id desc limit $runs
            """,
            row => new PastRun(
                row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.IsDBNull(4) ? null : row.GetString(4), row.IsDBNull(5) ? null : row.GetString(5),
                row.GetInt64(6), row.GetInt64(7)),
            ("$runs", runs)),
        [.. store.Started().Select(key => Look(store, key))]);

    private static PartialWork Look(ArtifactStore store, StepKey key)
    {
        var journal = store.Work(key).Journal;
        var items = File.Exists(journal) ? File.ReadLines(journal).Count() : 0;
        return new(key, items, StoreLock.IsHeld(store.Root, key) ? StoreLock.HolderOf(store.Root, key) : null);
    }
}
