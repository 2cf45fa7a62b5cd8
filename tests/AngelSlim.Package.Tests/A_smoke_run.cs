using System.Text.Json.Nodes;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Package.Tests;

/// <summary><c>--smoke</c>: what a manifest asks, in seconds, without its model and its data.</summary>
[Collection(Installed.Name)]
public sealed class A_smoke_run(InstalledTool tool)
{
    /// <remarks>One store for all: what two manifests have in common is made once.</remarks>
    [Fact]
    public void Takes_every_manifest_of_a_model_through_the_whole_graph()
    {
        var (folder, families) = (tool.NewFolder(), new HashSet<string>());
        foreach (var manifest in Directory.EnumerateFiles(Path.Combine(Golden.Root, "experiments", "models"), "*.json").Order(StringComparer.Ordinal))
        {
            var (exitCode, output, talk) = tool.Run(folder, "run", manifest, "--smoke", "--json", "--threads", "1", "--store", "smoke");
            Assert.True(exitCode is 0, talk);
            var states = JsonNode.Parse(output)!["steps"]!.AsArray().ToDictionary(step => (string)step!["id"]!, step => (string)step!["outcome"]!);
            Assert.Equal(["random", "tokenize", "vocabulary", "capture", "train", "export", "evaluate-k2", "evaluate-k4", "report"], states.Keys);

            // Another size of a family that was tried is the same tiny target.
            var family = (string)JsonNode.Parse(File.ReadAllText(manifest))!["target"]!["family"]!;
            Assert.Equal(families.Add(family) ? "made" : "cached", states["train"]);
        }

        Assert.Equal(["hunyuan_v1_dense", "llama", "qwen2", "qwen3", "qwen3_moe"], families.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Keeps_its_results_apart_and_what_the_user_sets()
    {
        var folder = tool.NewFolder();
        TinyExperiment.Write(folder, "tiny.json", ("expect.acceptanceLengthAtLeast", new JsonObject { ["1"] = 2 }));
        var (exitCode, output, talk) = tool.Run(folder, "run", "tiny.json", "--smoke", "--set", "training.steps=2", "--until", "train", "--json", "--threads", "1");
        Assert.True(exitCode is 0, talk);
        Assert.Contains("/.angelslim-smoke/", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder, ".angelslim")));
        Assert.Equal(3, File.ReadLines(Directory.GetFiles(Path.Combine(folder, ".angelslim-smoke", "objects", "train"), "curve.csv", SearchOption.AllDirectories).Single()).Count());
    }

    [Fact]
    public void Lets_the_tiny_target_write_what_servers_were_to_write()
    {
        var folder = tool.NewFolder();
        TinyExperiment.Write(folder, "tiny.json", ("regenerate", new JsonObject { ["engine"] = "openai", ["servers"] = new JsonArray("http://nowhere.example/v1"), ["temperature"] = 0.5 }));
        var (exitCode, output, talk) = tool.Run(folder, "run", "tiny.json", "--smoke", "--json", "--threads", "1");
        Assert.True(exitCode is 0, talk);
        var steps = JsonNode.Parse(output)!["steps"]!.AsArray();
        Assert.Equal(["regenerate", "tokenize"], steps.Take(2).Select(step => (string)step!["id"]!));
        Assert.All(steps, step => Assert.Equal("made", (string)step!["outcome"]!));
        Assert.Equal(24, File.ReadLines(Directory.GetFiles(Path.Combine(folder, ".angelslim-smoke", "objects", "regenerate"), "train.jsonl", SearchOption.AllDirectories).Single()).Count());
    }

    [Fact]
    public void Needs_to_know_the_family()
    {
        var folder = tool.NewFolder();
        TinyExperiment.Write(folder, "unknown.json", ("target", new JsonObject { ["model"] = "someone/something" }));
        var (exitCode, _, talk) = tool.Run(folder, "validate", "unknown.json", "--smoke");
        Assert.Equal(2, exitCode);
        Assert.Contains("error ASL0010: --smoke makes a tiny random target of the same family, and nothing here says which that is.", talk, StringComparison.Ordinal);
    }
}
