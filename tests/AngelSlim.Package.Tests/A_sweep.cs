using System.Text.Json.Nodes;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Package.Tests;

[Collection(Installed.Name)]
public sealed class A_sweep(InstalledTool tool)
{
    private static readonly JsonNode Sweep = JsonNode.Parse("""{ "grid": { "training.unroll": [2, 3], "speculation.tokens": [[1], [2]] } }""")!;

    [Fact]
    public void Trains_once_for_each_training_and_ends_with_one_table()
    {
        var folder = tool.NewFolder();
        TinyExperiment.Write(folder, "sweep.json", ("sweep", Sweep));
        var planned = tool.Run(folder, "plan", "sweep.json");
        Assert.Equal((0, ""), (planned.ExitCode, planned.Talk));
        Golden.Matches("plan-sweep.txt", planned.Output);

        var (exitCode, output, _) = tool.Run(folder, "run", "sweep.json", "--threads", "1", "--json");
        Assert.Equal(0, exitCode);
        var document = JsonNode.Parse(output)!;
        Assert.Equal(
            ["tokenize 1", "vocabulary 1", "capture 1", "train 2", "export 4", "evaluate 4", "report 4"],
            document["steps"]!.AsArray().Select(step => (string)step!["stage"]!).CountBy(stage => stage).Select(count => $"{count.Key} {count.Value}"));
        var points = document["points"]!.AsArray();
        Assert.Equal(
            ["unroll=2,tokens=1 made", "unroll=2,tokens=2 made", "unroll=3,tokens=1 made", "unroll=3,tokens=2 made"],
            points.Select(point => $"{point!["point"]} {point["state"]}"));
        Assert.All(points, point => Assert.True(File.Exists((string)point!["report"]!) && Directory.Exists((string)point["draft"]!)));

        var again = tool.Run(folder, "run", "sweep.json");
        Assert.Equal((0, ""), (again.ExitCode, again.Talk));
        var lines = again.Output.Split('\n');
        Assert.Equal("17 steps: 17 cached", lines[0]);
        Assert.Equal("unroll  tokens  held-out loss  held-out hits  length k=1  length k=2  speed-up k=1  speed-up k=2  state", lines[3]);
        Assert.Equal(points.Select(Row), lines[4..8].Select(line => string.Join(' ', line.Replace("*", "", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries))));

        // A point is what its own manifest makes.
        TinyExperiment.Write(folder, "alone.json", ("training.unroll", 3), ("speculation.tokens", new JsonArray(2)));
        Assert.Equal("Everything was there already; nothing was done.", tool.Run(folder, "run", "alone.json").Output.Split('\n')[8]);

        // All points of a sweep are one run to gc: it keeps them all, or that one point which a later run used.
        Assert.Equal((Goes: 0, Stays: 17), Collected(folder, keepLast: 2));
        Assert.Equal((Goes: 10, Stays: 7), Collected(folder, keepLast: 1));
    }

    private (int Goes, int Stays) Collected(string folder, int keepLast)
    {
        var report = JsonNode.Parse(tool.Run(folder, "gc", "sweep.json", "--keep-days", "0", "--keep-last", $"{keepLast}", "--json").Output)!;
        return (report["garbage"]!.AsArray().Count(item => (string)item!["kind"]! is "result"), (int)report["keptResults"]!);
    }

    [Fact]
    public void From_the_command_line_is_the_same_and_shows_what_is_there_without_work()
    {
        var folder = tool.NewFolder();
        TinyExperiment.Write(folder, "tiny.json", ("expect.acceptanceLengthAtLeast", new JsonObject { ["1"] = 1.99 }));
        string[] axes = ["--axis", "speculation.tokens=[1],[1,2]", "--axis", "training.unroll=2..3", "--exclude", "training.unroll=3,speculation.tokens=[1]"];

        var (refused, _, why) = tool.Run(folder, "sweep", "tiny.json");
        Assert.Equal((2, "tiny.json: error ASL0010: Nothing is swept; name a setting with --axis path=values, or give the manifest a 'sweep'.\n"), (refused, why));

        var before = tool.Run(folder, ["sweep", "tiny.json", "--table", .. axes]);
        Assert.Equal((0, "tokens  unroll  state\n1       2       waits\n1+2     2       waits\n1+2     3       waits\n", ""), before);

        var (exitCode, output, talk) = tool.Run(folder, ["sweep", "tiny.json", "--threads", "1", "--csv", "points.csv", "--events", "events.jsonl", .. axes]);
        Assert.Equal(4, exitCode);
        Assert.StartsWith("14 steps: 14 made\n\ntokens", output, StringComparison.Ordinal);
        Assert.Contains("error ASL2002: The acceptance length of tokens=1+2,unroll=3 at k = 1 is ", talk, StringComparison.Ordinal);
        Assert.Equal(6, File.ReadLines(Path.Combine(folder, "points.csv")).Count());
        var events = File.ReadLines(Path.Combine(folder, "events.jsonl")).Select(line => (string)JsonNode.Parse(line)!["event"]!).ToList();
        Assert.Equal(14, events.Count(kind => kind is "ended"));

        var (_, after, _) = tool.Run(folder, ["sweep", "tiny.json", "--table", "--json", .. axes]);
        Assert.Equal(["cached", "cached", "cached"], JsonNode.Parse(after)!["points"]!.AsArray().Select(point => (string)point!["state"]!));
    }

    /// <summary>What the table has to say of a point of the document.</summary>
    private static string Row(JsonNode? point)
    {
        var evaluation = point!["evaluations"]!.AsArray().Single()!;
        return FormattableString.Invariant($"{(int)point["settings"]!["training.unroll"]!} {(int)evaluation["tokens"]!} {(double)point["heldout"]!["loss"]!:0.000} {(double)point["heldout"]!["firstAccuracy"]!:0.0 %} {(double)evaluation["acceptanceLength"]!:0.000} {(double)evaluation["speedup"]!:0.00} cached");
    }
}
