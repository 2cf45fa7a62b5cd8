using System.Diagnostics;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Running;
using AngelSlim.Testing;
using AngelSlim.Toy;
using Xunit;
using static AngelSlim.Toy.ToyStore;

namespace AngelSlim.Core.Tests.Running;

public sealed class A_kill : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void In_the_middle_of_a_stage_costs_no_item_and_changes_no_byte()
    {
        var (store, trace) = (_folder.At("store"), _folder.At("trace"));
        using (var process = Start(store, lines: 40, milliseconds: 20, trace))
        {
            WaitFor(() => Lines(trace) >= 5);
            process.Kill();
            process.WaitForExit();
        }

        Assert.InRange(Lines(trace), 5, 39);
        using (var process = Start(store, lines: 40, milliseconds: 0, trace))
        {
            Assert.Equal("a:made all:made", process.StandardOutput.ReadToEnd().Trim());
        }

        using var toy = new ToyStore(store);
        toy.Run(Write("a", new() { Lines = 40 }), Join("all", "a"));
        Assert.Equal(["cached", "cached"], toy.Outcomes.Values);
        Assert.Equal(string.Concat(Enumerable.Range(0, 40).Select(i => $"word {i}\n")), toy.TextOf("a"));
        Assert.Equal(1L, toy.Database.Scalar("select count(*) from attempts where outcome = 'killed'"));

        // The kill may fall between the journal and the trace, so that one item is not traced; none is traced twice.
        var traced = File.ReadAllLines(trace);
        Assert.Equal(traced.Distinct(), traced);
        Assert.InRange(traced.Length, 39, 40);
    }

    [Fact]
    public void After_any_step_of_publishing_loses_nothing()
    {
        using var whole = new ToyStore(_folder.At("whole"));
        whole.Run(Write("a"));
        var expected = whole.Results["a"].Listing.Digest;

        var names = new List<string>();
        for (var steps = 0; names.Count == steps; steps++)
        {
            var root = _folder.At($"store{steps}");
            using var toy = new ToyStore(root);
            var trace = _folder.At($"trace{steps}");
            var planned = toy.Plan(Write("a", new() { Word = "a", Trace = trace })).Steps[0];
            Prepare(toy, planned.Recipe!.Key);
            names = [.. toy.Store.Publish(planned.Recipe.Key, planned.Recipe.Text, new Making(DateTimeOffset.UnixEpoch, 1, "toy")).Take(steps + 1)];
            if (names.Count == steps)
            {
                break;
            }

            toy.Run(Write("a", new() { Word = "a", Trace = trace }));
            Assert.Equal(expected, toy.Results["a"].Listing.Digest);
            Assert.False(File.Exists(trace), $"an item was done again after a kill after '{names[^1]}'");
            Assert.False(toy.Store.Work(planned.Recipe.Key).IsStarted);
        }

        Assert.Equal(["output", "recipe", "listing", "mode", "moved", "log", "object"], names);
    }

    [Fact]
    [Provokes(ProblemCode.StoreBusy)]
    public void Frees_the_lock()
    {
        var (store, trace) = (_folder.At("store"), _folder.At("trace"));
        var settings = new WriteSettings { Lines = 1000, Trace = trace };
        using var process = Start(store, settings.Lines, milliseconds: 20, trace);
        WaitFor(() => Lines(trace) >= 1);
        using var toy = new ToyStore(store) { Policy = new() { WhenBusy = WhenBusy.GiveUp } };

        var busy = Assert.Throws<DataException>(() => toy.Run(Write("a", settings)));
        Assert.Equal(ProblemCode.StoreBusy, busy.Problem.Code);
        Assert.Contains($"process {process.Id} on ", busy.Message, StringComparison.Ordinal);

        process.Kill();
        process.WaitForExit();
        Assert.Equal("made", toy.Run(Write("a", settings))["a"]);
    }

    [Fact]
    public void Of_none_of_two_processes_that_begin_at_once_is_needed()
    {
        for (var round = 0; round < 5; round++)
        {
            var (store, trace) = (_folder.At($"store{round}"), _folder.At($"trace{round}"));
            Process[] processes = [Start(store, lines: 10, milliseconds: 20, trace), Start(store, lines: 10, milliseconds: 20, trace)];
            string[] said = [.. processes.Select(process => process.StandardOutput.ReadToEnd().Trim())];
            Array.ForEach(processes, process => process.WaitForExit());

            Assert.All(processes, process => Assert.Equal(0, process.ExitCode));
            Assert.Equal(1, said.Count(outcomes => outcomes.Contains("a:made", StringComparison.Ordinal)));
            Assert.Equal(1, said.Count(outcomes => outcomes.Contains("all:made", StringComparison.Ordinal)));
            Assert.Equal([.. Enumerable.Range(0, 10).Select(i => $"{i}")], File.ReadAllLines(trace));
            using var toy = new ToyStore(store);
            Assert.Empty(toy.Store.Started());
            Assert.Equal(2L, toy.Database.Scalar("select count(*) from attempts where outcome = 'made'"));
            Assert.Equal(2L, toy.Database.Scalar("select count(*) from runs where outcome = 'made'"));
            Array.ForEach(processes, process => process.Dispose());
        }
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>What a finished stage leaves: output, journal and log.</summary>
    private static void Prepare(ToyStore toy, StepKey key)
    {
        var work = toy.Store.Work(key);
        work.Create();
        File.WriteAllText(Path.Combine(work.Output, "text"), "a 0\na 1\na 2\n");
        File.WriteAllText(work.Journal, "4\n8\n12\n");
        File.WriteAllText(work.Log, "{}\n");
    }

    private static Process Start(string store, int lines, int milliseconds, string trace) =>
        Process.Start(new ProcessStartInfo("dotnet", [typeof(ToyStore).Assembly.Location, store, $"{lines}", $"{milliseconds}", trace]) { RedirectStandardOutput = true })!;

    private static int Lines(string file) => File.Exists(file) ? File.ReadAllText(file).Count(unit => unit is '\n') : 0;

    private static void WaitFor(Func<bool> condition)
    {
        var since = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(since.Elapsed < TimeSpan.FromSeconds(30), "the process did not get on");
            Thread.Sleep(5);
        }
    }
}
