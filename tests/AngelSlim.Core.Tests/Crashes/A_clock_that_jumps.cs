using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Running;
using AngelSlim.Core.Tests.Running;
using AngelSlim.Core.Upkeep;
using AngelSlim.Toy;
using Xunit;
using static AngelSlim.Toy.ToyStore;

namespace AngelSlim.Core.Tests.Crashes;

/// <summary>Whenever it is asked it says another day, up to a year before or after the true one.</summary>
public sealed class A_clock_that_jumps : IDisposable
{
    private const int Seed = 20261130;
    private readonly TemporaryFolder _folder = new();
    private readonly JumpingClock _clock = new();

    [Fact]
    public void Changes_no_result_hides_no_edit_and_mixes_up_no_runs()
    {
        var source = _folder.At("source.jsonl");
        File.WriteAllText(source, "one");
        Core.Planning.Step[] steps = [Write("a", source: source), Write("b"), Join("all", "a", "b"), Count("lines", "all")];
        using var whole = new ToyStore(_folder.At("whole"));
        whole.Run(steps);
        using (var toy = new ToyStore(_folder.At("store"), _clock))
        {
            Assert.Equal(["made"], toy.Run(steps).Values.Distinct());
            Assert.Equal(Digests(whole), Digests(toy));
            Assert.Equal(["cached"], toy.Run(steps).Values.Distinct());
            File.WriteAllText(source, "two");
            Assert.Equal("made", toy.Run(steps)["a"]);
            Damage(toy.Results["b"]);
            Assert.Equal(("cached", "made"), (toy.Run(steps)["a"], toy.Outcomes["b"]));
            Assert.Equal(Digests(whole)["all"], Digests(toy)["all"]);

            Assert.Equal([4L, 3L, 2L, 1L], new PastRuns(toy.Database, new Living("here", _ => null, [])).Find(new() { Most = 10 }).Select(run => run.Id));
            Assert.Equal(4, RunFile.All(toy.Store.Root, Assert.Fail).Count);
        }

        Assert.DoesNotContain(Examine(), finding => finding is { Health: Health.Wrong, Check: not "clock" });
        using var again = new ToyStore(_folder.At("store"));
        Assert.Equal(["cached"], again.Run(steps).Values.Distinct());
    }

    [Fact]
    public void Lets_gc_keep_what_the_last_run_used_and_a_pin_keeps()
    {
        using var toy = new ToyStore(_folder.At("store"), _clock);
        toy.Run(Write("a"), Join("of-a", "a"));
        var pinned = toy.Results.Values.Select(Folder).ToList();
        new Pins(toy.Store.Root).Add(toy.Results["of-a"].Key, reason: null, _clock.GetUtcNow());
        for (var run = 0; run < 10; run++)
        {
            toy.Run(Write($"b{run}"));
        }

        for (var search = 0; search < 20; search++)
        {
            var garbage = new GarbageSearch(toy.Store, toy.Database, new(LastRuns: 1, TimeSpan.Zero), _clock).Look().Garbage.Select(item => item.Path).ToHashSet();
            Assert.All(pinned.Append(Folder(toy.Results["b9"])), kept => Assert.DoesNotContain(kept, garbage));
        }
    }

    public void Dispose() => _folder.Dispose();

    private List<Finding> Examine() => [.. new Doctor(_folder.At("store"), Treatment.Look, _clock, _ => { }).Examine()];

    private static Dictionary<string, Digest> Digests(ToyStore toy) => toy.Results.ToDictionary(result => result.Key, result => result.Value.Listing.Digest);

    private static string Folder(StoredArtifact artifact) => Path.GetDirectoryName(artifact.Folder)!;

    private static void Damage(StoredArtifact artifact)
    {
        File.Delete(Path.Combine(artifact.Folder, "text"));
        File.WriteAllText(Path.Combine(artifact.Folder, "text"), "");
    }

    private sealed class JumpingClock : TimeProvider
    {
        private readonly Random _random = new(Seed);

        public override DateTimeOffset GetUtcNow()
        {
            lock (_random)
            {
                return System.GetUtcNow() + TimeSpan.FromDays(_random.Next(-365, 366));
            }
        }
    }
}
