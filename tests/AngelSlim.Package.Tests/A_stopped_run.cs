using System.Diagnostics;
using System.Text.Json.Nodes;
using Xunit;

namespace AngelSlim.Package.Tests;

[Collection(Installed.Name)]
public sealed class A_stopped_run(InstalledTool tool)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private readonly string _folder = tool.NewFolder();

    [Fact]
    public void Goes_on_after_SIGTERM_and_after_SIGKILL_and_ends_with_the_same_bytes()
    {
        TinyExperiment.Write(_folder, "tiny.json", ("training.steps", 60), ("training.checkpointEvery", 2), ("training.evaluateEvery", 1000));
        Assert.Equal(0, tool.Run(_folder, "run", "tiny.json", "--threads", "1", "--store", "whole").ExitCode);

        var terminated = Interrupt(atStep: 5, "TERM");
        Assert.Equal(75, terminated.ExitCode);
        Assert.EndsWith("Stopped. What is done is kept: run the same command again to go on.\n", terminated.Talk, StringComparison.Ordinal);
        Assert.Equal((null, "stopped"), Left());

        var killed = Interrupt(atStep: 20, "KILL");
        Assert.Equal(128 + 9, killed.ExitCode);
        Assert.Equal((null, "killed"), Left());
        Assert.Contains("train        run    goes on where it was stopped", tool.Run(_folder, "plan", "tiny.json", "--store", "stopped").Output, StringComparison.Ordinal);

        var (exitCode, output, _) = tool.Run(_folder, "run", "tiny.json", "--threads", "1", "--store", "stopped", "--json");
        Assert.Equal(0, exitCode);
        Assert.Equal(["tokenize cached", "vocabulary cached", "capture cached", "train made"], JsonNode.Parse(output)!["steps"]!.AsArray().Take(4).Select(step => $"{step!["id"]} {step["outcome"]}"));
        Assert.Equal(1, Taken("stopped").Count(step => step is 1));
        Assert.Equal(Bytes("whole", "train"), Bytes("stopped", "train"));
        Assert.Equal(Bytes("whole", "export"), Bytes("stopped", "export"));
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task Ends_at_once_when_it_is_told_twice_and_goes_on_as_after_a_kill(string signal, int exitCode)
    {
        // Its steps take seconds, so that the second signal finds it on the way to the next safe place.
        TinyExperiment.Write(_folder, "tiny.json", ("training.steps", 60), ("training.batchRows", 12), ("training.unroll", 12), ("training.checkpointEvery", 1), ("training.evaluateEvery", 1000));
        using var process = tool.Begin(_folder, "run", "tiny.json", "--threads", "1", "--store", "stopped");
        var output = process.StandardOutput.ReadToEndAsync();
        WaitFor(process, atStep: 1);
        Send(signal, process);
        string? line;
        do
        {
            line = process.StandardError.ReadLine();
        }
        while (line is not null && !line.StartsWith("Stopping at the next safe place", StringComparison.Ordinal));
        Assert.NotNull(line);
        Send(signal, process);

        Assert.DoesNotContain("Stopped.", process.StandardError.ReadToEnd(), StringComparison.Ordinal);
        process.WaitForExit();
        Assert.Equal((exitCode, ""), (process.ExitCode, await output));
        Assert.Equal((null, "killed"), Left());
        Assert.Contains("train        run    goes on where it was stopped", tool.Run(_folder, "plan", "tiny.json", "--store", "stopped").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void By_SIGINT_ends_as_by_SIGTERM()
    {
        TinyExperiment.Write(_folder, "tiny.json", ("training.steps", 60), ("training.checkpointEvery", 2), ("training.evaluateEvery", 1000));
        var interrupted = Interrupt(atStep: 3, "INT");
        Assert.Equal(75, interrupted.ExitCode);
        Assert.EndsWith("Stopped. What is done is kept: run the same command again to go on.\n", interrupted.Talk, StringComparison.Ordinal);
        Assert.Equal((null, "stopped"), Left());
    }

    /// <summary>Sends a signal to a run that has taken so many steps of its training.</summary>
    private (int ExitCode, string Talk) Interrupt(int atStep, string signal)
    {
        using var process = tool.Begin(_folder, "run", "tiny.json", "--threads", "1", "--store", "stopped");
        var (talk, output) = (process.StandardError.ReadToEndAsync(), process.StandardOutput.ReadToEndAsync());
        WaitFor(process, atStep);
        Send(signal, process);
        process.WaitForExit();
        Task.WaitAll(talk, output);
        return (process.ExitCode, talk.Result);
    }

    private void WaitFor(Process process, int atStep)
    {
        var since = Stopwatch.StartNew();
        while (Taken("stopped").DefaultIfEmpty().Max() < atStep)
        {
            Assert.True(since.Elapsed < Patience && !process.HasExited, $"step {atStep} was not seen");
            Thread.Sleep(5);
        }
    }

    private static void Send(string signal, Process process)
    {
        using var kill = Process.Start("kill", ["-" + signal, $"{process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>The steps of the training that the store's log tells of, by all attempts.</summary>
    private int[] Taken(string store)
    {
        string[] places = [Path.Combine(_folder, store, "work", "train"), Path.Combine(_folder, store, "objects", "train")];
        return [.. places.Where(Directory.Exists).SelectMany(place => Directory.EnumerateFiles(place, "log.ndjson", SearchOption.AllDirectories)).SelectMany(Lines)
            .Where(line => line.EndsWith('}') && line.Contains("\"name\":\"loss\"", StringComparison.Ordinal))
            .Select(line => (int)JsonNode.Parse(line)!["of"]!)];
    }

    /// <summary>A file that another process writes to.</summary>
    private static string[] Lines(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Split('\n');
    }

    /// <summary>Who holds the one partial result of the store, and how the index says that the last run ended.</summary>
    private (JsonNode? Holder, string? Outcome) Left()
    {
        var status = JsonNode.Parse(tool.Run(_folder, "status", "--store", "stopped", "--json").Output)!;
        var work = Assert.Single(status["work"]!.AsArray())!;
        Assert.Equal("train", (string)work["stage"]!);
        return (work["holder"], (string?)status["runs"]![0]!["outcome"]);
    }

    /// <summary>Every file of a stage's one result, by name.</summary>
    private Dictionary<string, string> Bytes(string store, string stage)
    {
        var output = Path.Combine(Assert.Single(Directory.GetDirectories(Path.Combine(_folder, store, "objects", stage))), "output");
        return Directory.EnumerateFiles(output, "*", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(output, file), file => Convert.ToHexString(File.ReadAllBytes(file)));
    }
}
