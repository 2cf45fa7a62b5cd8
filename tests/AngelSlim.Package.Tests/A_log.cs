using System.Text.Json.Nodes;
using Xunit;

namespace AngelSlim.Package.Tests;

/// <summary>What a run tells while it goes on, and afterwards.</summary>
[Collection(Installed.Name)]
public sealed class A_log(InstalledTool tool)
{
    private readonly FinishedRun _run = tool.Finished;

    [Fact]
    public void Has_what_the_steps_of_a_run_told()
    {
        var told = Lines(tool.Run(_run.Folder, "logs", "1").Output);
        Assert.Contains(told, line => line.Contains(" train: loss ", StringComparison.Ordinal) && line.EndsWith(" at 4", StringComparison.Ordinal));
        Assert.Contains(told, line => line.Contains(" tokenize: rows.train ", StringComparison.Ordinal));
        Assert.All(told, line => Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ \S+: ", line));

        // The same for one step, named with its run and alone.
        var train = Lines(tool.Run(_run.Folder, "logs", "tiny.json", "--step", "train").Output);
        Assert.Equal(told.Where(line => line.Contains(" train: ", StringComparison.Ordinal)), train);
        Assert.All(Lines(tool.Run(_run.Folder, "logs", "train").Output), line => Assert.Contains(" train: ", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Is_lines_of_JSON_of_one_form()
    {
        var lines = Lines(tool.Run(_run.Folder, "logs", "1", "--json").Output);
        Assert.All(lines, PrintedDocument.KeepsToItsSchema);
        Assert.Contains(lines, line => JsonNode.Parse(line) is { } json && (string)json["event"]! is "measured" && (string)json["name"]! is "loss");
    }

    [Fact]
    public void Says_which_steps_there_are_when_it_is_asked_for_another()
    {
        var (exitCode, _, talk) = tool.Run(_run.Folder, "logs", "1", "--step", "trian");
        Assert.Equal((2, "angelslim: error ASL0010: Run 1 has no step 'trian'; did you mean 'train'?\n"), (exitCode, talk));
        Assert.Contains("has no run of 'nothing'; there are runs of tiny", tool.Run(_run.Folder, "logs", "nothing").Talk, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Is_written_as_a_stream_of_events_while_the_run_goes_on()
    {
        var folder = tool.NewFolder();
        TinyExperiment.Write(folder, "tiny.json");
        using var run = tool.Begin(folder, "run", "tiny.json", "--threads", "1", "--events", "-");
        var talk = run.StandardError.ReadToEndAsync();
        var lines = Lines(run.StandardOutput.ReadToEnd());
        await run.WaitForExitAsync();

        Assert.All(lines, PrintedDocument.KeepsToItsSchema);
        var ended = lines.Select(line => JsonNode.Parse(line)!).Where(line => (string)line["event"]! is "ended").Select(line => $"{line["step"]} {line["outcome"]}");
        Assert.Equal(["tokenize made", "vocabulary made", "capture made", "train made", "export made", "evaluate-k1 made", "evaluate-k2 made", "report made"], ended);
        Assert.Contains("train: made in ", await talk, StringComparison.Ordinal);

        Assert.Equal(0, tool.Run(folder, "run", "tiny.json", "--threads", "1", "--events", "events.ndjson", "--json").ExitCode);
        Assert.Equal(8, File.ReadLines(Path.Combine(folder, "events.ndjson")).Count(line => line.Contains("\"cached\"", StringComparison.Ordinal)));
        Assert.Equal(2, tool.Run(folder, "run", "tiny.json", "--events", "-", "--json").ExitCode);
    }

    [Fact]
    public async Task Is_followed_to_the_end_of_the_run_whose_progress_status_shows()
    {
        var folder = tool.NewFolder();
        TinyExperiment.Write(folder, "tiny.json", ("training.steps", 200), ("training.evaluateEvery", 1000));
        using var run = tool.Begin(folder, "run", "tiny.json", "--threads", "1");
        var talk = Task.WhenAll(run.StandardOutput.ReadToEndAsync(), run.StandardError.ReadToEndAsync());
        while (!Directory.Exists(Path.Combine(folder, ".angelslim", "work", "train")))
        {
            Assert.False(run.HasExited);
            Thread.Sleep(20);
        }

        using var logs = tool.Begin(folder, "logs", "last", "--follow");
        var status = JsonNode.Parse(tool.Run(folder, "status", "--json").Output)!;
        Assert.Equal((run.Id, "running"), ((int)status["running"]![0]!["pid"]!, (string)status["running"]![0]!["outcome"]!));

        var followed = Lines(logs.StandardOutput.ReadToEnd());
        logs.WaitForExit();
        run.WaitForExit();
        Assert.Equal((0, 0), (run.ExitCode, logs.ExitCode));
        Assert.Equal(2, (await talk).Length);
        Assert.Equal(Lines(tool.Run(folder, "logs", "last").Output).Order(StringComparer.Ordinal), followed.Order(StringComparer.Ordinal));
        Assert.Empty(JsonNode.Parse(tool.Run(folder, "status", "--json").Output)!["running"]!.AsArray());
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
