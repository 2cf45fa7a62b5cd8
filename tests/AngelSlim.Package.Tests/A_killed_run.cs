using System.Diagnostics;
using System.Security.Cryptography;
using Xunit;
using Xunit.Abstractions;

namespace AngelSlim.Package.Tests;

/// <summary>All steps of a real experiment, killed at random moments. <c>ANGELSLIM_LONG=1</c> kills 100 times instead of 10.</summary>
[Collection(Installed.Name)]
public sealed class A_killed_run(InstalledTool tool, ITestOutputHelper log)
{
    private const int Seed = 20261124;
    private static readonly int Kills = Environment.GetEnvironmentVariable("ANGELSLIM_LONG") is "1" ? 100 : 10;
    private readonly string _folder = tool.NewFolder();

    [Fact]
    public void Ends_with_the_same_bytes_and_forgets_nothing_that_was_acknowledged()
    {
        TinyExperiment.Write(_folder, "tiny.json", ("training.steps", 12), ("training.checkpointEvery", 2), ("evaluation.promptsPerFile", 1));
        var clock = Stopwatch.StartNew();
        Assert.Equal(0, Run("whole"));
        var whole = clock.Elapsed;
        var expected = Bytes("whole");

        var random = new Random(Seed);
        var (store, finished) = (0, 0);
        Dictionary<string, string[]> acknowledged = [];
        for (var kill = 0; kill < Kills; kill++)
        {
            var outlived = !KillAfter(random.NextDouble() * 0.7 * whole, $"killed{store}");
            acknowledged = Acknowledged($"killed{store}", acknowledged);
            if (outlived)
            {
                // It was done before the signal came: the next kills meet a fresh store.
                Assert.Equal(expected, Bytes($"killed{store}"));
                (store, finished, acknowledged) = (store + 1, finished + 1, []);
            }
        }

        log.WriteLine($"seed {Seed}, {Kills} kills, {finished} runs were done before the signal, {whole.TotalSeconds:0.0} s without a kill");
        Assert.Equal(0, Run($"killed{store}"));
        _ = Acknowledged($"killed{store}", acknowledged);
        Assert.Equal(expected, Bytes($"killed{store}"));
        Assert.DoesNotContain(Directory.EnumerateDirectories(Path.Combine(_folder, $"killed{store}", "work"), "*", SearchOption.AllDirectories), folder => Path.GetFileName(folder).Length is 64);
        var (_, again, _) = tool.Run(_folder, "run", "tiny.json", "--threads", "1", "--store", $"killed{store}");
        Assert.Contains("nothing was done", again, StringComparison.Ordinal);
    }

    private int Run(string store) => tool.Run(_folder, "run", "tiny.json", "--threads", "1", "--store", store).ExitCode;

    /// <summary>Kills a run that has gone on for so long.</summary>
    /// <returns>False when it ended by itself before.</returns>
    private bool KillAfter(TimeSpan moment, string store)
    {
        using var process = tool.Begin(_folder, "run", "tiny.json", "--threads", "1", "--store", store);
        var (talk, output) = (process.StandardError.ReadToEndAsync(), process.StandardOutput.ReadToEndAsync());
        var ended = process.WaitForExit(moment);
        if (!ended)
        {
            process.Kill();
            process.WaitForExit();
        }

        Task.WaitAll(talk, output);
        Assert.True(process.ExitCode is 0 or 128 + 9, talk.Result);
        return !ended && process.ExitCode is not 0;
    }

    /// <summary>The whole lines of every journal. What was in one before is still there, or the step has its result.</summary>
    private Dictionary<string, string[]> Acknowledged(string store, Dictionary<string, string[]> before)
    {
        var work = Path.Combine(_folder, store, "work");
        var now = !Directory.Exists(work) ? [] : Directory.EnumerateFiles(work, "journal", SearchOption.AllDirectories)
            .ToDictionary(path => Path.GetRelativePath(work, Path.GetDirectoryName(path)!), path => File.ReadAllText(path).Split('\n')[..^1]);
        foreach (var (key, items) in before)
        {
            if (!Directory.Exists(Path.Combine(_folder, store, "objects", key)))
            {
                Assert.Equal(items, now[key].Take(items.Length));
            }
        }

        return now;
    }

    /// <summary>Digests of all files of all results but the report, which speaks of seconds, and the seconds themselves.</summary>
    private Dictionary<string, string> Bytes(string store)
    {
        var objects = Path.Combine(_folder, store, "objects");
        return (from file in Directory.EnumerateFiles(objects, "*", SearchOption.AllDirectories)
                let path = Path.GetRelativePath(objects, file)
                where path.Split('/') is [not "report", _, "output", ..] && Path.GetFileName(path) is not "timing.json"
                select (path, digest: Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))))).ToDictionary(each => each.path, each => each.digest);
    }
}
