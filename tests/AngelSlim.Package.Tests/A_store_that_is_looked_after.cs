using System.Text.Json.Nodes;
using AngelSlim.Core.Running;
using Xunit;

namespace AngelSlim.Package.Tests;

[Collection(Installed.Name)]
public sealed class A_store_that_is_looked_after(InstalledTool tool)
{
    private readonly string _folder = Copied(tool.Finished.Folder, tool.NewFolder());

    private string Index => Path.Combine(_folder, ".angelslim", "runs.db");

    [Fact]
    public void Is_well_after_a_run()
    {
        var found = Printed(0, "doctor", "tiny.json", "--json");
        Assert.True((bool)found["well"]!);
        Assert.Contains("libtorch", found["findings"]!.AsArray().Select(finding => (string)finding!["check"]!));
    }

    [Fact]
    public void Gets_a_new_index_for_a_damaged_one_and_needs_no_step_again()
    {
        var runs = Printed(0, "runs", "--json")["runs"]!.AsArray().Count;
        var bytes = File.ReadAllBytes(Index);
        bytes.AsSpan(4096, 3000).Fill(0x5a);
        File.WriteAllBytes(Index, bytes);

        var (exitCode, _, talk) = tool.Run(_folder, "run", "tiny.json");
        Assert.Equal(8, exitCode);
        Assert.Contains($"doctor --fix --store {Path.GetDirectoryName(Index)}", talk, StringComparison.Ordinal);
        Assert.False((bool)Printed(8, "doctor", "--json")["well"]!);
        Assert.True((bool)Printed(0, "doctor", "--fix", "--json")["well"]!);
        Assert.Equal(["cached"], Printed(0, "run", "tiny.json", "--json")["steps"]!.AsArray().Select(step => (string)step!["outcome"]!).Distinct());
        Assert.Equal(runs + 1, Printed(0, "runs", "--json")["runs"]!.AsArray().Count);
    }

    [Fact]
    public void Loses_what_no_run_and_no_pin_keeps_and_only_when_told_to()
    {
        string[] all = ["gc", "--keep-last", "0", "--keep-days", "0", "--json"];
        Assert.Single(Printed(0, "pin", "1", "--reason", "shipped", "--json")["pins"]!.AsArray());
        Assert.DoesNotContain("result", Kinds(Printed(0, all)));
        Assert.Empty(Printed(0, "unpin", "1", "--json")["pins"]!.AsArray());

        Assert.Contains("result", Kinds(Printed(0, all)));
        Assert.DoesNotContain("result", Kinds(Printed(0, "gc", "--max-bytes", "1G", "--json")));
        Assert.Equal(0, (int)Printed(0, "gc", "--max-bytes", "1K", "--json")["keptResults"]!);
        var train = Directory.GetDirectories(Path.Combine(_folder, ".angelslim", "objects", "train"));
        Assert.NotEmpty(train);
        using (StoreGate.TryShare(Path.Combine(_folder, ".angelslim")))
        {
            Assert.Equal(7, tool.Run(_folder, [.. all, "--apply"]).ExitCode);
        }

        Assert.True((bool)Printed(0, [.. all, "--apply"])["deleted"]!);
        Assert.All(train, folder => Assert.False(Directory.Exists(folder)));
        Assert.Empty(Printed(0, all)["garbage"]!.AsArray());
        Assert.True((bool)Printed(0, "doctor", "--json")["well"]!);
    }

    private static IEnumerable<string> Kinds(JsonNode document) => document["garbage"]!.AsArray().Select(item => (string)item!["kind"]!);

    private JsonNode Printed(int expected, params string[] arguments)
    {
        var (exitCode, output, talk) = tool.Run(_folder, arguments);
        Assert.True(expected == exitCode, $"{exitCode} instead of {expected}: {talk}{output}");
        return JsonNode.Parse(output)!;
    }

    private static string Copied(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return to;
    }
}
