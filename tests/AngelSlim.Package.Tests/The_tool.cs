using System.Text;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Package.Tests;

public sealed class The_tool(InstalledTool tool) : IClassFixture<InstalledTool>
{
    private static readonly string[] Verbs = ["run", "plan", "validate", "status", "schema"];

    [Fact]
    public void Carries_no_libtorch() => Assert.InRange(tool.Size, 1, 20_000_000);

    [Fact]
    public void Explains_itself()
    {
        var help = new StringBuilder();
        string[][] questions = [["--help"], .. Verbs.Select(verb => new[] { verb, "--help" })];
        foreach (var arguments in questions)
        {
            var (exitCode, output, talk) = tool.Run(tool.NewFolder(), arguments);
            Assert.Equal((0, ""), (exitCode, talk));
            help.Append("$ dotnet angelslim ").AppendJoin(' ', arguments).Append('\n').Append(output).Append('\n');
        }

        Golden.Matches("help.txt", help.ToString());
    }

    [Fact]
    public void Says_its_version()
    {
        var (exitCode, output, _) = tool.Run(tool.NewFolder(), "--version");
        Assert.Equal(0, exitCode);
        Assert.Matches(@"^dotnet angelslim \d+\.\d+\.\d+\S*\s*$", output);
    }

    [Theory]
    [InlineData]
    [InlineData("walk")]
    [InlineData("run")]
    [InlineData("run", "a.json", "--unknown")]
    [InlineData("run", "a.json", "b.json")]
    [InlineData("run", "a.json", "--threads", "many")]
    [InlineData("run", "a.json", "--threads", "0")]
    [InlineData("validate", "absent.json")]
    [InlineData("status", "--store", "absent")]
    public void Refuses_what_it_does_not_understand(params string[] arguments) =>
        Assert.Equal(2, tool.Run(tool.NewFolder(), arguments).ExitCode);

    [Fact]
    public void Checks_a_manifest_without_libtorch()
    {
        var folder = tool.NewFolder();
        File.WriteAllText(Path.Combine(folder, "rows.jsonl"), "");
        File.WriteAllText(Path.Combine(folder, "good.json"), """{ "name": "good", "target": { "pretrain": {} }, "data": { "train": ["rows.jsonl"] } }""");
        File.WriteAllText(Path.Combine(folder, "bad.json"), """{ "name": "bad", "target": { "pretrian": {} }, "data": { "train": ["rows.jsonl"] } }""");

        Assert.Equal((0, "good.json: no errors\n", ""), tool.Run(folder, "validate", "good.json"));
        var (exitCode, output, talk) = tool.Run(folder, "validate", "bad.json");
        Assert.Equal((2, ""), (exitCode, output));
        Assert.StartsWith("bad.json(1,30): error ASL0002: ", talk, StringComparison.Ordinal);

        var (traced, libraries) = tool.RunTraced(folder, "validate", "good.json");
        Assert.Equal(0, traced);
        Assert.Contains("libcoreclr.so", libraries, StringComparison.Ordinal);
        Assert.DoesNotContain("libtorch", libraries, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Prints_the_schema() =>
        Assert.Equal((0, File.ReadAllText(Path.Combine(Golden.Root, "schemas", "experiment.schema.json")), ""), tool.Run(tool.NewFolder(), "schema"));

    [Fact]
    public void Is_not_disturbed_by_settings_of_other_programs()
    {
        var folder = tool.NewFolder();
        File.WriteAllText(Path.Combine(folder, "appsettings.json"), "{ not json");
        Assert.Equal(0, tool.Run(folder, "--version").ExitCode);
    }
}
