using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Running;
using AngelSlim.Core.Sharing;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Tests.Running;
using AngelSlim.Testing;
using AngelSlim.Toy;
using static AngelSlim.Toy.ToyStore;

namespace AngelSlim.Core.Tests.Sharing;

/// <summary>A store that has results, one that has none, and a cache between them.</summary>
internal sealed class TwoStores : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Lanes _lanes = new(4);

    static TwoStores()
    {
        // Where the SDK looks first.
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "test-key");
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "a-secret-that-nobody-may-see");
        Environment.SetEnvironmentVariable("AWS_REGION", "us-east-1");
    }

    public TwoStores()
    {
        There = new ToyStore(_folder.At("there"));
        Here = new ToyStore(_folder.At("here"));
        There.Run(Steps);
        Cache = new FolderCache(CacheFolder, TimeProvider.System);
    }

    public static Step[] Steps => [Write("a", new() { Word = "a", Lines = 12 }), Write("b"), Join("all", "a", "b"), Count("lines", "all")];

    public ToyStore There { get; }

    public ToyStore Here { get; }

    public ICache Cache { get; set; }

    public string CacheFolder => _folder.At("cache");

    public List<string> Warnings { get; } = [];

    /// <summary>What was said to be done to bytes.</summary>
    public HashSet<string> Told { get; } = [];

    /// <summary>The key of a result of the store that has some.</summary>
    public StepKey Key(string step) => There.Results[step].Key;

    /// <summary>A file of a key in the cache's folder.</summary>
    public string InCache(string step, string name) => Path.Combine(CacheFolder, CacheNames.Of(Key(step), name));

    /// <summary>A file that holds bytes of a result, in the cache's folder.</summary>
    public string BytesInCache(string step) => InCache(step, CacheNames.Files + There.Results[step].Listing.Files[0].Sha256.Hex);

    /// <summary>A cache in a bucket.</summary>
    /// <param name="bucket">Where.</param>
    /// <param name="limits">How it is dealt with; null for few tries and no patience.</param>
    public static S3Cache In(FakeBucket bucket, S3Limits? limits = null) => new(S3Place.Parse("s3://bucket/some/prefix", bucket.Url), limits ?? new() { Retries = 1, Request = TimeSpan.FromSeconds(20) });

    /// <summary>Pushes what the plan comes to.</summary>
    public IReadOnlyList<Transfer> Push(CancellationToken cancellation = default) =>
        new Push(There.Store, Cache, _lanes, Take).Go([.. There.Results.Select(result => new Wanted(result.Key, result.Value.Key))], cancellation);

    /// <summary>Pulls the plan's results as the other store's plan names them.</summary>
    public IReadOnlyList<Transfer> Pull(CancellationToken cancellation = default)
    {
        var steps = new SharedPlan(Here.Planner, new CachedResults(Cache)).Look(Selection.Of(Steps), cancellation).ToList();
        return Pull([.. steps.Where(step => !step.IsHere && step.There is { HasListing: true }).Select(step => step.Wanted)], cancellation);
    }

    public IReadOnlyList<Transfer> Pull(IReadOnlyList<Wanted> wanted, CancellationToken cancellation = default) =>
        new Pull(Here.Store, Cache, _lanes, new Holder(1, "here", DateTimeOffset.UnixEpoch), Take).Go(wanted, cancellation);

    public IReadOnlyList<VerifiedResult> Verify(Core.Upkeep.Treatment treatment) =>
        new CacheVerification(Cache, _lanes, treatment, Take).Go(new CachedResults(Cache).All(default), default);

    /// <summary>Every file of a store's results, with its bytes.</summary>
    public static Dictionary<string, string> Objects(ToyStore store)
    {
        var objects = Path.Combine(store.Store.Root, "objects");
        return !Directory.Exists(objects) ? [] : Directory.GetFiles(objects, "*", SearchOption.AllDirectories).ToDictionary(path => Path.GetRelativePath(objects, path), path => Digest.OfFile(path).Hex);
    }

    /// <summary>What became of each, as <c>a Moved</c>.</summary>
    public static IEnumerable<string> Words(IReadOnlyList<Transfer> ends) => ends.Select(end => $"{end.Step} {end.Outcome}").Order(StringComparer.Ordinal);

    public void Dispose()
    {
        Cache.Dispose();
        _lanes.Dispose();
        Here.Dispose();
        There.Dispose();
        _folder.Dispose();
    }

    private void Take(string id, RunEvent happened)
    {
        lock (Warnings)
        {
            if (happened is Said { Warning: true } said)
            {
                Warnings.Add($"{id}: {said.Text}");
            }
            else if (happened is Progressed { Detail: { } detail })
            {
                Told.Add(detail);
            }
        }
    }
}
