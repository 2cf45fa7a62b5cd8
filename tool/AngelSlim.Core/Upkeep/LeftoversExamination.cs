using System.Globalization;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Running;

namespace AngelSlim.Core.Upkeep;

/// <summary>What lies in a store beside its results.</summary>
internal sealed class LeftoversExamination(ArtifactStore store, Treatment treatment, TimeProvider clock)
{
    private static readonly TimeSpan Unfinished = TimeSpan.FromHours(1);

    /// <summary>Looks.</summary>
    public IEnumerable<Finding> Look()
    {
        foreach (var key in StoreLock.Held(store.Root))
        {
            yield return new("work", Health.Note, $"{key} is being made by {Holder.Name(StoreLock.HolderOf(store.Root, key))}");
        }

        var stopped = store.Started().Where(key => !StoreLock.IsHeld(store.Root, key)).Select(key => store.Work(key).Root).ToList();
        foreach (var finding in Told("work", "stopped steps, of which a run goes on", stopped)
            .Concat(Told("incoming", "results that came in part", store.Arriving().Select(store.Incoming)))
            .Concat(Told("quarantine", "damaged results that were put aside", Entries(store.Quarantine, "*")))
            .Concat(Told("verify", "results that were made again to be compared, and left", Entries(store.Verify, "*")))
            .Concat(Told("index", "indexes of earlier times", RunDatabase.Earlier(store.Root)))
            .Concat(Trash()).Concat(Temporary()).Concat(Pinned()).Concat(Strangers()))
        {
            yield return finding;
        }
    }

    private static IEnumerable<Finding> Told(string check, string what, IEnumerable<string> paths)
    {
        var uses = paths.Select(DiskUse.Of).ToList();
        if (uses.Count > 0)
        {
            yield return new(check, Health.Note, string.Create(CultureInfo.InvariantCulture, $"{what}: {uses.Count}, {uses.Sum(use => use.Bytes) / 1_000_000:N0} MB; 'dotnet angelslim gc' deletes them when they are old"));
        }
    }

    private IEnumerable<Finding> Trash()
    {
        var trash = new Trash(store.Root, clock);
        if (trash.Contents.Count is 0)
        {
            yield break;
        }

        var text = $"{trash.Contents.Count} things that a deletion did not get to";
        if (treatment is Treatment.Mend)
        {
            trash.Empty();
        }

        yield return treatment is Treatment.Mend ? new("trash", Health.Mended, text) : new("trash", Health.Wrong, $"{text}: --fix deletes them, as does 'dotnet angelslim gc --apply'");
    }

    /// <summary>Files that were never renamed to what they should have become; young ones may still be.</summary>
    private IEnumerable<Finding> Temporary()
    {
        var old = new[] { store.Root, Path.Combine(store.Root, "runs"), Path.Combine(store.Root, "pins") }.SelectMany(folder => Entries(folder, "*.new"))
            .Where(path => DiskUse.Of(path).LastChange < clock.GetUtcNow() - Unfinished).ToList();
        if (old.Count is 0)
        {
            yield break;
        }

        if (treatment is Treatment.Mend)
        {
            old.ForEach(File.Delete);
        }

        yield return treatment is Treatment.Mend
            ? new("files", Health.Mended, $"{old.Count} files that were not written to their end")
            : new("files", Health.Wrong, $"{old.Count} files that were not written to their end, as {old[0]}: --fix deletes them");
    }

    private IEnumerable<Finding> Pinned()
    {
        var damaged = new List<string>();
        var here = store.Objects().Select(found => found.Key).ToHashSet();
        foreach (var pin in new Pins(store.Root).All(damaged.Add))
        {
            var gone = pin.Keys.Count(key => !here.Contains(key));
            yield return new("pins", Health.Note, $"{pin.Name} keeps {pin.Keys.Count - gone} results{(gone is 0 ? "" : $"; {gone} are not in the store")}");
        }

        foreach (var path in damaged)
        {
            yield return new("pins", Health.Wrong, $"{path} cannot be read: gc deletes no result as long as it is there. Delete it, and pin again.");
        }
    }

    /// <summary>What nobody here has put where results lie.</summary>
    private IEnumerable<Finding> Strangers()
    {
        var objects = Path.Combine(store.Root, "objects");
        var known = store.Objects().Select(found => found.Folder).ToHashSet();
        foreach (var path in Entries(objects, "*").SelectMany(stage => Directory.Exists(stage) ? Entries(stage, "*") : [stage]).Where(path => !known.Contains(path)))
        {
            yield return new("results", Health.Note, $"{path} is no result");
        }
    }

    private static IEnumerable<string> Entries(string folder, string pattern) => Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder, pattern) : [];
}
