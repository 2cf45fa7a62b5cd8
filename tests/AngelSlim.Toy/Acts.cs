using System.Globalization;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Running;
using AngelSlim.Core.Sharing;
using AngelSlim.Core.Upkeep;

namespace AngelSlim.Toy;

/// <summary>What a process does with a store while it may be killed.</summary>
internal static class Acts
{
    /// <summary>A step that measures among them.</summary>
    public static Step[] Steps => [ToyStore.Write("a"), ToyStore.Write("b"), ToyStore.Join("all", "a", "b"), ToyStore.Count("lines", "all")];

    /// <summary>By name.</summary>
    public static IReadOnlyDictionary<string, Action<string>> ByName { get; } = new Dictionary<string, Action<string>>
    {
        ["run"] = Run,
        ["open"] = root => RunDatabase.Open(root).Dispose(),
        ["doctor"] = Mend,
        ["gc"] = Collect,
        ["import"] = Import,
        ["push"] = Send,
        ["pull"] = Fetch,
    };

    /// <summary>A cache beside two stores, <c>there</c> and <c>here</c>, all in one folder.</summary>
    public static FolderCache CacheIn(string folder) => new(Path.Combine(folder, "cache"), TimeProvider.System);

    /// <summary>Where the run says what it has told: a line for each step that ended, and one for the run.</summary>
    public static string Told(string root) => root + ".told";

    /// <summary>Two hours ahead, so that what was just left unfinished counts as left.</summary>
    public static TimeProvider Later { get; } = new LaterClock(TimeSpan.FromHours(2));

    private static void Run(string root)
    {
        using var toy = new ToyStore(root);
        toy.Happened = happened =>
        {
            if (happened.Event is Core.Stages.Measured measured)
            {
                Tell(root, string.Create(CultureInfo.InvariantCulture, $"measured {measured.Name} {measured.Value}"));
            }
            else if (happened.Event is Ended ended)
            {
                Tell(root, $"{ended.Result.StepId} {RunRecord.Word(ended.Result.Outcome)}");
            }
        };
        toy.Run(Steps);
        Tell(root, "run made");
    }

    private static void Tell(string root, string line) => File.AppendAllText(Told(root), line + "\n");

    private static void Mend(string root)
    {
        using var gate = Alone(root);
        foreach (var _ in new Doctor(root, Treatment.Mend, Later, _ => { }).Examine())
        {
        }
    }

    private static void Collect(string root)
    {
        using var gate = Alone(root);
        using var database = RunDatabase.OpenToRead(root);
        var store = new ArtifactStore(root, new FileDigests(database, TimeProvider.System), TimeProvider.System);
        new GarbageSearch(store, database, new(LastRuns: 1, TimeSpan.Zero), TimeProvider.System).Look().Collect(new Trash(root, TimeProvider.System));
    }

    private static void Import(string root)
    {
        using var toy = new ToyStore(root);
        foreach (var key in toy.Store.Arriving())
        {
            foreach (var _ in toy.Store.Import(key))
            {
            }
        }
    }

    private static void Send(string folder)
    {
        using var there = new ToyStore(Path.Combine(folder, "there"));
        using var cache = CacheIn(folder);
        using var lanes = new Lanes(1);
        new Push(there.Store, cache, lanes, (_, _) => { }).Go([.. there.Store.Objects().Select(found => new Wanted(Step: null, found.Key))], default);
    }

    private static void Fetch(string folder)
    {
        using var here = new ToyStore(Path.Combine(folder, "here"));
        using var cache = CacheIn(folder);
        using var lanes = new Lanes(1);
        var wanted = new CachedResults(cache).All(default).Where(found => found.HasListing).Select(found => new Wanted(Step: null, found.Key));
        new Pull(here.Store, cache, lanes, new Holder(Environment.ProcessId, "here", DateTimeOffset.UnixEpoch), (_, _) => { }).Go([.. wanted], default);
    }

    private static StoreGate Alone(string root) =>
        StoreGate.TryTake(root, new Holder(Environment.ProcessId, "here", DateTimeOffset.UnixEpoch)) ?? throw new InvalidOperationException("the store is in use");

    private sealed class LaterClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
