using AngelSlim.Core.Artifacts;

namespace AngelSlim.Core.Running;

/// <summary>A result that is not complete.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Items">Lines of its journal.</param>
/// <param name="Holder">Who works on it; null when nobody does.</param>
internal sealed record PartialWork(StepKey Key, int Items, Holder? Holder)
{
    /// <summary>What the step was called, and in which run, when it was last worked on; null when the index does not know.</summary>
    public (long Run, string Step)? LastTry { get; init; }

    /// <summary>How far it is.</summary>
    public StepProgress? Progress { get; init; }
}

/// <summary>What a store knows about itself.</summary>
/// <param name="Running">Runs that go on now, the latest first.</param>
/// <param name="Runs">The latest first.</param>
/// <param name="Work">What is in work and what was left, in the order of their keys.</param>
internal sealed record StoreStatus(IReadOnlyList<PastRun> Running, IReadOnlyList<PastRun> Runs, IReadOnlyList<PartialWork> Work)
{
    /// <summary>Looks.</summary>
    /// <param name="database">The store's index.</param>
    /// <param name="store">Its results.</param>
    /// <param name="living">Tells what goes on.</param>
    /// <param name="runs">How many runs at most.</param>
    public static StoreStatus Of(RunDatabase database, ArtifactStore store, Living living, int runs)
    {
        var work = store.Started().Select(key => Look(database, store, key)).ToList();
        var past = new PastRuns(database, living);
        return new(past.Find(new() { State = RunState.Running, Most = runs }), past.Find(new() { Most = runs }), work);
    }

    private static PartialWork Look(RunDatabase database, ArtifactStore store, StepKey key)
    {
        var work = store.Work(key);
        var items = File.Exists(work.Journal) ? File.ReadLines(work.Journal).Count() : 0;
        return new(key, items, StoreLock.IsHeld(store.Root, key) ? StoreLock.HolderOf(store.Root, key) : null)
        {
            LastTry = LastTry(database, key),
            Progress = StepProgress.Last(work.Log),
        };
    }

    private static (long Run, string Step)? LastTry(RunDatabase database, StepKey key)
    {
        var tries = database.Rows(
            "select run, step from attempts where stage = $stage and key = $key order by id desc limit 1",
            row => (row.GetInt64(0), row.GetString(1)),
            ("$stage", key.Stage), ("$key", key.Recipe.Hex));
        return tries.Count is 0 ? null : tries[0];
    }
}
