using AngelSlim.Core.Sharing;
using AngelSlim.Core.Tests.Crashes;
using AngelSlim.Core.Tests.Running;
using AngelSlim.Core.Upkeep;
using AngelSlim.Toy;
using Xunit;
using Xunit.Abstractions;
using static AngelSlim.Toy.ToyStore;

namespace AngelSlim.Core.Tests.Sharing;

/// <summary>A push or a pull in a process of its own that is killed before its first change of the cache or of a store, before the second, and so on.</summary>
public sealed class A_killed_transfer : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ITestOutputHelper _log;
    private readonly Dictionary<string, string> _expected;

    public A_killed_transfer(ITestOutputHelper log)
    {
        _log = log;
        using var there = new ToyStore(Path.Combine(Prepared, "there"));
        there.Run(Steps);
        _expected = TwoStores.Objects(there);
        Directory.CreateDirectory(Path.Combine(Prepared, "cache"));
        new ToyStore(Path.Combine(Prepared, "here")).Dispose();
    }

    private static Core.Planning.Step[] Steps => [Write("a"), Count("lines", "a")];

    private string Prepared => Directory.CreateDirectory(_folder.At("prepared")).FullName;

    [Fact]
    public void Of_a_push_leaves_nothing_that_counts_and_sends_nothing_twice() =>
        Kills.All(Kills.Before("push", Prepared, _folder, every: 5, _log), folder =>
        {
            using var cache = Acts.CacheIn(folder);
            var (there, results) = (Files(folder), new CachedResults(cache));
            Assert.All(results.All(default).Where(found => found.HasListing), found => Assert.True(results.Judge(found, default).IsWhole));
            Assert.All(Verified(cache), result => Assert.Empty(result.Faults));

            Acts.ByName["push"](folder);
            Assert.All(there, file => Assert.Equal(file.Value, File.GetLastWriteTimeUtc(file.Key)));
            Assert.All(Verified(cache), result => Assert.Equal((true, 0), (result.There.IsWhole, result.Faults.Count)));
            Acts.ByName["pull"](folder);
            IsHere(folder);
        });

    [Fact]
    public void Of_a_pull_leaves_nothing_that_counts_and_the_next_goes_on()
    {
        Acts.ByName["push"](Prepared);
        Kills.All(Kills.Before("pull", Prepared, _folder, every: 7, _log), folder =>
        {
            using (var here = new ToyStore(Path.Combine(folder, "here")))
            {
                Assert.Subset(_expected.ToHashSet(), TwoStores.Objects(here).ToHashSet());
                var found = new Doctor(here.Store.Root, Treatment.Look, Acts.Later, _ => { }).Examine().ToList();
                Assert.DoesNotContain(found, finding => finding is { Health: Health.Wrong, Check: not ("index" or "clock") });
                Assert.Equal(here.Store.Arriving().Count > 0, found.Exists(finding => finding.Check is "incoming"));
            }

            Acts.ByName["pull"](folder);
            IsHere(folder);
        });
    }

    public void Dispose() => _folder.Dispose();

    private void IsHere(string folder)
    {
        using var here = new ToyStore(Path.Combine(folder, "here"));
        Assert.Equal(_expected, TwoStores.Objects(here));
        Assert.Empty(here.Store.Arriving());
        Assert.All(here.Run(Steps).Values, outcome => Assert.Equal("cached", outcome));
    }

    /// <summary>When each file of the cache that has its name was written.</summary>
    private static Dictionary<string, DateTime> Files(string folder) => Directory.GetFiles(Path.Combine(folder, "cache"), "*", SearchOption.AllDirectories)
        .Where(file => !file.EndsWith(".new", StringComparison.Ordinal)).ToDictionary(file => file, File.GetLastWriteTimeUtc);

    private static IReadOnlyList<VerifiedResult> Verified(ICache cache)
    {
        using var lanes = new Lanes(1);
        return new CacheVerification(cache, lanes, Treatment.Look, (_, _) => { }).Go(new CachedResults(cache).All(default), default);
    }
}
