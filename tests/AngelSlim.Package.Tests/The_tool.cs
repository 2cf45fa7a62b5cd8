using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Package.Tests;

[Collection(Installed.Name)]
public sealed partial class The_tool(InstalledTool tool)
{
    private static readonly string[] Verbs = ["new", "run", "sweep", "plan", "explain", "validate", "regress", "compare", "baseline", "baseline set", "baseline show", "baseline bless", "fetch", "status", "runs", "show", "logs", "doctor", "gc", "pin", "unpin", "cache", "cache push", "cache pull", "cache list", "cache verify", "schema", "completion"];

    [Fact]
    public void Carries_no_libtorch() => Assert.InRange(new FileInfo(tool.Package).Length, 1, 20_000_000);

    [Fact]
    public void Is_introduced_by_the_readme()
    {
        Assert.Equal(File.ReadAllText(Path.Combine(Golden.Root, "README.md")), Packed("README.md"));
        Assert.Contains("<readme>README.md</readme>", Packed("AngelSlim.Tool.nuspec"), StringComparison.Ordinal);
    }

    [Fact]
    public void Carries_its_licence_and_names_whose_work_is_in_it()
    {
        Assert.Equal(File.ReadAllText(Path.Combine(Golden.Root, "LICENSE")), Packed("LICENSE"));
        var patterns = NamedFile().Matches(Packed("THIRD-PARTY-NOTICES.txt")).Select(match => $"^{Regex.Escape(match.Value).Replace("\\*", ".*", StringComparison.Ordinal)}$").ToList();
        using var package = ZipFile.OpenRead(tool.Package);
        var libraries = package.Entries.Select(entry => entry.Name).Where(name => name.EndsWith(".dll", StringComparison.Ordinal) || name.EndsWith(".so", StringComparison.Ordinal)).Distinct().ToList();
        Assert.Contains("TorchSharp.dll", libraries);
        Assert.DoesNotContain(libraries, name =>
            !name.StartsWith("AngelSlim.", StringComparison.Ordinal) && !name.StartsWith("Cocona", StringComparison.Ordinal) && !patterns.Exists(pattern => Regex.IsMatch(name, pattern)));
    }

    [Fact]
    public void Explains_itself()
    {
        var help = new StringBuilder();
        string[][] questions = [["--help"], .. Verbs.Select(verb => (string[])[.. verb.Split(' '), "--help"])];
        foreach (var arguments in questions)
        {
            var (exitCode, output, talk) = tool.Run(tool.NewFolder(), arguments);
            Assert.Equal((0, ""), (exitCode, talk));
            help.Append("$ dotnet angelslim ").AppendJoin(' ', arguments).Append('\n').Append(output).Append('\n');
        }

        Golden.Matches("help.txt", help.ToString());
        Assert.Equal(tool.Run(tool.NewFolder(), "run", "--help"), tool.Run(tool.NewFolder(), "run", "-h"));
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
    [InlineData("doctor", "--store", "absent")]
    [InlineData("gc", "--keep-days", "-1")]
    [InlineData("gc", "--max-bytes", "lots")]
    [InlineData("pin", "--store", "absent", "1")]
    [InlineData("unpin")]
    [InlineData("cache")]
    [InlineData("cache", "walk")]
    [InlineData("cache", "push")]
    [InlineData("cache", "push", "there")]
    [InlineData("cache", "push", "there", "a.json", "b.json")]
    [InlineData("cache", "list", "absent")]
    [InlineData("cache", "list", "gs://bucket/x")]
    [InlineData("cache", "verify", "s3://key:secret@bucket/x")]
    public void Refuses_what_it_does_not_understand(params string[] arguments) =>
        Assert.Equal(2, tool.Run(tool.NewFolder(), arguments).ExitCode);

    [Fact]
    public void Guesses_what_a_misspelled_verb_or_option_was_meant_to_be()
    {
        Assert.Equal("Error: Unknown option 'theads'\nDid you mean '--threads'?\n", tool.Run(tool.NewFolder(), "run", "a.json", "--theads", "2").Talk);
        Assert.EndsWith("Did you mean '--store'?\n", tool.Run(tool.NewFolder(), "cache", "push", "there", "--stor", "x").Talk, StringComparison.Ordinal);
        Assert.Contains("Similar commands:\n  run\n", tool.Run(tool.NewFolder(), "rum", "a.json").Talk, StringComparison.Ordinal);
    }

    [Fact]
    public void Checks_a_manifest()
    {
        var folder = tool.NewFolder();
        File.WriteAllText(Path.Combine(folder, "rows.jsonl"), "");
        File.WriteAllText(Path.Combine(folder, "good.json"), """{ "name": "good", "target": { "pretrain": {} }, "data": { "train": ["rows.jsonl"] } }""");
        File.WriteAllText(Path.Combine(folder, "bad.json"), """{ "name": "bad", "target": { "pretrian": {} }, "data": { "train": ["rows.jsonl"] } }""");

        Assert.Equal((0, "good.json: no errors\n", ""), tool.Run(folder, "validate", "good.json"));
        var (exitCode, output, talk) = tool.Run(folder, "validate", "bad.json");
        Assert.Equal((2, ""), (exitCode, output));
        Assert.StartsWith("bad.json(1,30): error ASL0002: ", talk, StringComparison.Ordinal);
    }

    [Fact]
    public void Shows_what_is_odd_about_a_manifest_and_goes_on()
    {
        var folder = tool.NewFolder();
        TinyExperiment.Write(folder, "odd.json", ("training.epochs", 2));

        var validated = tool.Run(folder, "validate", "odd.json");
        Assert.Equal((0, "odd.json: no errors\n"), (validated.ExitCode, validated.Output));
        Assert.Matches(@"\Aodd\.json\(1,\d+\): warning ASL0008: 'training\.epochs' is not used, because 'training\.steps' is given; remove one of them\.\n\z", validated.Talk);

        var planned = tool.Run(folder, "plan", "odd.json");
        Assert.Equal((0, validated.Talk), (planned.ExitCode, planned.Talk));
    }

    [Fact]
    public void Plans_the_quickstart()
    {
        var (exitCode, output, talk) = tool.Run(Golden.Root, "plan", "experiments/quickstart.json", "--store", tool.NewFolder());
        Assert.Equal((0, ""), (exitCode, talk));
        Golden.Matches("plan-quickstart.txt", output);
    }

    [Fact]
    public void Prints_the_schemas()
    {
        Assert.Equal((0, Schema("experiment"), ""), tool.Run(tool.NewFolder(), "schema"));
        Assert.Equal((0, Schema("plan"), ""), tool.Run(tool.NewFolder(), "schema", "plan"));
        Assert.Equal((2, "", "angelslim: error ASL0010: There is no schema 'plann'; did you mean 'plan'?\n"), tool.Run(tool.NewFolder(), "schema", "plann"));
        Assert.Superset(new HashSet<string> { "experiment", "plan", "run" }, tool.Run(tool.NewFolder(), "schema", "--list").Output.TrimEnd().Split('\n').ToHashSet());

        static string Schema(string name) => File.ReadAllText(Path.Combine(Golden.Root, "schemas", $"{name}.schema.json"));
    }

    [Fact]
    public void Finds_the_store_of_a_manifest()
    {
        var folder = tool.NewFolder();
        Directory.CreateDirectory(Path.Combine(folder, "experiments", ".angelslim"));
        File.WriteAllText(Path.Combine(folder, "experiments", "e.json"), "");

        var (exitCode, output, talk) = tool.Run(folder, "status", "experiments/e.json");
        Assert.Equal((0, ""), (exitCode, talk));
        Assert.Equal("No run yet.\n", output);
        Assert.Equal(0, tool.Run(folder, "status", "--store", "experiments/.angelslim").ExitCode);
        Assert.Equal(0, tool.Run(Path.Combine(folder, "experiments"), "status").ExitCode);

        var (refused, _, reason) = tool.Run(folder, "status");
        Assert.Equal(2, refused);
        Assert.Contains($"There is no store {Path.Combine(folder, ".angelslim")}", reason, StringComparison.Ordinal);
        Assert.Equal(2, tool.Run(folder, "status", "experiments/absent.json").ExitCode);
    }

    [Fact]
    public void Is_not_disturbed_by_settings_of_other_programs()
    {
        var folder = tool.NewFolder();
        File.WriteAllText(Path.Combine(folder, "appsettings.json"), "{ not json");
        Assert.Equal(0, tool.Run(folder, "--version").ExitCode);
    }

    private string Packed(string name)
    {
        using var package = ZipFile.OpenRead(tool.Package);
        using var reader = new StreamReader(package.GetEntry(name)!.Open());
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"[\w.*]+\.(dll|so)")]
    private static partial Regex NamedFile();
}
