using System.Globalization;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Running;

namespace AngelSlim.Core.Upkeep;

/// <summary>Finds what nobody needs: marks what runs and pins use and what that was made of, and looks at the rest. What it does not know, it keeps.</summary>
internal sealed class GarbageSearch(ArtifactStore store, RunDatabase database, GarbagePolicy policy, TimeProvider clock)
{
    private readonly List<string> _remarks = [];

    private DateTimeOffset Young => clock.GetUtcNow() - policy.Age;

    /// <summary>Looks; changes nothing.</summary>
    public GarbageReport Look()
    {
        _remarks.Clear();
        var damaged = new List<string>();
        var runs = KnownRuns.Of(database, damaged.Add);
        var pinned = new Pins(store.Root).All(damaged.Add).SelectMany(pin => pin.Keys).ToHashSet();
        var objects = store.Objects().ToList();
        var kept = Kept(runs).Distinct().ToList();
        var fitting = policy.MostBytes is { } most ? Fitting(kept, pinned, objects, most) : kept;
        var roots = fitting.SelectMany(run => run.Keys).Concat(pinned).ToHashSet();
        var crowdedOut = Reached.From(kept.Except(fitting).SelectMany(run => run.Keys), objects);
        var results = MayJudge(runs, damaged, objects.Count) ? Results(objects, Reached.From(roots, objects), crowdedOut, runs) : [];
        var garbage = results.Concat(PartialWork(roots)).Concat(Folders()).OrderBy(item => item.Kind).ThenBy(item => item.Name, StringComparer.Ordinal).ToList();
        var deleted = results.Select(item => item.Path).ToHashSet();
        var staying = objects.Where(found => !deleted.Contains(found.Folder)).ToList();
        return new(garbage, staying.Count, staying.Sum(found => found.Artifact?.Listing.Size ?? 0)) { Remarks = [.. _remarks] };
    }

    /// <summary>The latest runs of each experiment, and all that are young. Which is the latest, numbers say: clocks are set back.</summary>
    private IEnumerable<RunFile> Kept(IReadOnlyList<RunFile> runs) =>
        runs.GroupBy(run => run.Name).SelectMany(named => named.OrderByDescending(run => run.Id).Take(policy.LastRuns)).Concat(runs.Where(run => run.Started >= Young));

    /// <summary>The latest of the kept runs, until what they and the pins reach is too much.</summary>
    private static List<RunFile> Fitting(IReadOnlyList<RunFile> kept, HashSet<StepKey> pinned, List<StoredObject> objects, long most)
    {
        var sizes = objects.ToDictionary(found => found.Key, found => DiskUse.Of(found.Folder).Bytes);
        var reached = Reached.From(pinned, objects).ToHashSet();
        var fitting = new List<RunFile>();
        foreach (var run in kept.OrderByDescending(run => run.Id))
        {
            reached.UnionWith(Reached.From(run.Keys, objects));
            if (reached.Sum(key => sizes.GetValueOrDefault(key)) > most)
            {
                break;
            }

            fitting.Add(run);
        }

        return fitting;
    }

    /// <summary>Whoever does not know what was used cannot say what was not.</summary>
    private bool MayJudge(IReadOnlyList<RunFile> runs, List<string> damaged, int results)
    {
        if (damaged.Count > 0)
        {
            _remarks.Add($"{string.Join(", ", damaged)} cannot be read, so that nobody knows which results it keeps: all of them stay. 'dotnet angelslim doctor' says more.");
        }
        else if (runs.Count is 0 && results > 0)
        {
            _remarks.Add("No run is known, neither in the index nor below runs: all results stay.");
        }

        return damaged.Count is 0 && runs.Count > 0;
    }

    private List<Garbage> Results(List<StoredObject> objects, IReadOnlySet<StepKey> reached, IReadOnlySet<StepKey> crowdedOut, IReadOnlyList<RunFile> runs)
    {
        var lastUse = runs.OrderBy(run => run.Id).SelectMany(run => run.Keys.Select(key => (key, run))).GroupBy(use => use.key).ToDictionary(uses => uses.Key, uses => uses.Last().run);
        var firstRun = runs.Min(run => run.Started);
        var (garbage, unreadable, forgotten) = (new List<Garbage>(), 0, 0);
        foreach (var found in objects.Where(found => !reached.Contains(found.Key)))
        {
            if (found.Artifact is not { } artifact || found.Fault is not null)
            {
                unreadable++;
            }
            else if (!lastUse.TryGetValue(found.Key, out var run) && artifact.Made.At < firstRun && !policy.Forgotten)
            {
                forgotten++;
            }
            else if (DiskUse.Of(found.Folder) is var use && (crowdedOut.Contains(found.Key) || (artifact.Made.At < Young && use.LastChange < Young)) && !StoreLock.IsHeld(store.Root, found.Key))
            {
                var reason = run is null ? "no known run used it" : string.Create(CultureInfo.InvariantCulture, $"last used by run {run.Id} ({run.Name}) of {run.Started:yyyy-MM-dd}");
                garbage.Add(new(GarbageKind.Result, $"{found.Key}", found.Folder, reason, use.Bytes));
            }
        }

        Remark(unreadable, "cannot be read and stay: 'dotnet angelslim doctor' says more.");
        Remark(forgotten, "no known run used, and they are older than the first known run; they stay unless --forgotten is given.");
        return garbage;
    }

    private void Remark(int count, string what)
    {
        if (count > 0)
        {
            _remarks.Add($"{count} {(count is 1 ? "result" : "results")}: {what}");
        }
    }

    private IEnumerable<Garbage> PartialWork(HashSet<StepKey> roots) =>
        from key in store.Started()
        where !roots.Contains(key) && !StoreLock.IsHeld(store.Root, key)
        from item in IfOld(GarbageKind.PartialWork, $"{key}", store.Work(key).Root, "stopped, and no kept run goes on with it")
        select item;

    private IEnumerable<Garbage> Folders()
    {
        foreach (var key in store.Arriving().Where(key => !StoreLock.IsHeld(store.Root, key)))
        {
            foreach (var item in IfOld(GarbageKind.Incoming, $"{key}", store.Incoming(key), "came in part, and no more"))
            {
                yield return item;
            }
        }

        foreach (var item in Entries(store.Quarantine).SelectMany(path => IfOld(GarbageKind.Quarantined, Path.GetFileName(path), path, "was damaged"))
            .Concat(Entries(store.Verify).SelectMany(path => IfOld(GarbageKind.Verification, Path.GetFileName(path), path, "was made to be compared")))
            .Concat(RunDatabase.Earlier(store.Root).SelectMany(path => IfOld(GarbageKind.OldIndex, Path.GetFileName(path), path, "the index has long taken its place"))))
        {
            yield return item;
        }

        foreach (var path in new Trash(store.Root, clock).Contents)
        {
            yield return new(GarbageKind.Trash, Path.GetFileName(path), path, "was deleted in part", DiskUse.Of(path).Bytes);
        }
    }

    private static IEnumerable<string> Entries(string folder) => Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder) : [];

    private IEnumerable<Garbage> IfOld(GarbageKind kind, string name, string path, string reason)
    {
        var use = DiskUse.Of(path);
        if (use.LastChange < Young)
        {
            yield return new(kind, name, path, string.Create(CultureInfo.InvariantCulture, $"{reason}; last touched {use.LastChange:yyyy-MM-dd}"), use.Bytes);
        }
    }
}
