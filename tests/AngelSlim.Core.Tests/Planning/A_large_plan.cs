using System.Diagnostics;
using System.Text.Json.Nodes;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Running;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Tests.Running;
using Xunit;
using Xunit.Abstractions;

namespace AngelSlim.Core.Tests.Planning;

/// <summary>A thousand trainings, timed when asked for by ANGELSLIM_LONG; without it fewer, for other tests run beside these.</summary>
public sealed class A_large_plan(ITestOutputHelper output) : IDisposable
{
    private static readonly bool IsTimed = Environment.GetEnvironmentVariable("ANGELSLIM_LONG") is "1";
    private static readonly int Many = IsTimed ? 1000 : 100;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Among_as_many_earlier_results_takes_less_than_a_second()
    {
        var (database, planner, _) = Open();
        using (database)
        {
            foreach (var recipe in Steps(unroll: 4).Select(RecipeOf))
            {
                database.Execute(
                    "insert into artifacts (stage, key, digest, files, bytes, recipe, made, seconds, tool) values ('train', $key, $key, 1, 1, $recipe, '2026-01-01', 1, '')",
                    ("$key", recipe.Key.Recipe.Hex), ("$recipe", recipe.Text));
            }

            var plan = Timed("to run, among as many results", planner, Steps(unroll: 5));

            Assert.All(plan.Steps, step => Assert.Equal("training.unroll 4 -> 5", step.Reason));
            Assert.Equal(Many, plan.ExpectedBytes);
        }
    }

    [Fact]
    public void Of_results_that_are_there_takes_less_than_a_second()
    {
        var (database, planner, store) = Open();
        using (database)
        {
            foreach (var step in Steps(unroll: 4))
            {
                Publish(store, RecipeOf(step));
            }

            planner.Make(Steps(unroll: 4));
            Assert.Equal(Many, Timed("that are there", planner, Steps(unroll: 4)).Count(StepState.Have));
        }
    }

    /// <summary>In processor time, so that a busy machine does not matter.</summary>
    private Plan Timed(string what, Planner planner, IReadOnlyList<Step> steps)
    {
        var process = Process.GetCurrentProcess();
        var (before, clock) = (process.TotalProcessorTime, Stopwatch.StartNew());
        var plan = planner.Make(steps);
        process.Refresh();
        output.WriteLine($"{Many} steps {what}: {(process.TotalProcessorTime - before).TotalMilliseconds:0} ms of processor time, {clock.ElapsedMilliseconds} ms");
        if (IsTimed)
        {
            Assert.InRange((process.TotalProcessorTime - before).TotalSeconds, 0, 1);
        }

        return plan;
    }

    private (RunDatabase Database, Planner Planner, ArtifactStore Store) Open()
    {
        var database = RunDatabase.Open(_folder.Path);
        var digests = new FileDigests(database, TimeProvider.System);
        var store = new ArtifactStore(_folder.Path, digests, TimeProvider.System);
        return (database, new Planner(store, new SourceDigests(digests), new RunHistory(database)), store);
    }

    /// <summary>As the store has it, without waiting for the disk.</summary>
    private void Publish(ArtifactStore store, Recipe recipe)
    {
        var output = _folder.At("objects", recipe.Key.RelativePath, "output");
        Directory.CreateDirectory(output);
        foreach (var name in new[] { "draft.safetensors", "draft.json", "curve.csv" })
        {
            File.WriteAllText(Path.Combine(output, name), name);
            File.SetLastWriteTimeUtc(Path.Combine(output, name), new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        }

        var artifact = new StoredArtifact(recipe.Key, output, ArtifactListing.Of(output, Digest.OfFile), new Making(DateTimeOffset.UnixEpoch, 1, "tool"));
        File.WriteAllText(_folder.At("objects", recipe.Key.RelativePath, ArtifactStore.RecipeFile), recipe.Text);
        File.WriteAllText(_folder.At("objects", recipe.Key.RelativePath, ArtifactStore.ListingFile), artifact.ToJson());
        Assert.NotNull(store.Peek(recipe.Key).Artifact);
    }

    private static Recipe RecipeOf(Step step) => Recipe.Of(step, step.Inputs.ToDictionary(input => input.Key, _ => (JsonNode?)null));

    private static IReadOnlyList<Step> Steps(int unroll) =>
    [
        .. Enumerable.Range(0, Many).Select(seed => new Step(
            $"train@seed={seed}", Contracts.All.Get("train"), new TrainSettings { Dtype = Dtype.Float32, Draft = new(), Training = new() { Seed = seed, Unroll = unroll } },
            new Dictionary<string, StepInput> { ["Features"] = new Absent() })),
    ];
}
