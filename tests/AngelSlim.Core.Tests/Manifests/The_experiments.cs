using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Core.Tests.Manifests;

public sealed class The_experiments
{
    private static readonly string Folder = Path.Combine(Golden.Root, "experiments");
    private static readonly Surroundings Surroundings = new(Path.Combine(Folder, "none"), Path.Combine(Folder, "builtin"));

    /// <summary>What has to be fetched first, and by what; every other manifest needs nothing but this repository.</summary>
    private static readonly Dictionary<string, Fetched> ToFetch = new()
    {
        ["smollm2-135m.json"] = new(
            "fetch-smollm2.sh",
            [
                "models/smollm2-135m-instruct", "data/smollm2/train.jsonl", "data/smollm2/heldout.jsonl", "data/benchmarks/alpaca/question.jsonl",
                "data/benchmarks/gsm8k/question.jsonl", "data/benchmarks/humaneval/question.jsonl", "data/benchmarks/mt_bench/question.jsonl",
            ]),
    };

    public static TheoryData<string> OfModels => [.. Directory.EnumerateFiles(Path.Combine(Folder, "models"), "*.json").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Complete => [.. Manifests().Where(name => !ToFetch.ContainsKey(name))];

    public static TheoryData<string> Incomplete => [.. ToFetch.Keys];

    [Theory]
    [MemberData(nameof(Complete))]
    public void Have_neither_error_nor_warning(string name) =>
        Assert.Empty(ExperimentReader.Read(Path.Combine(Folder, name), Surroundings).Warnings);

    [Theory]
    [MemberData(nameof(Incomplete))]
    public void Lack_only_what_the_readme_says_how_to_fetch(string name)
    {
        // In a folder of its own, so that nothing counts as missing or as found because of what somebody fetched here.
        using var elsewhere = new ManifestFolder();
        elsewhere.Write("experiments/" + name, File.ReadAllText(Path.Combine(Folder, name)));
        var problems = Assert.Throws<UserException>(() => ExperimentReader.Read(Path.Combine(elsewhere.Root, "experiments", name), Surroundings)).Problems;
        Assert.All(problems, problem => Assert.Equal(ProblemCode.MissingFile, problem.Code));
        Assert.Equal(ToFetch[name].Files, problems.Select(problem => problem.Message.Split('\'')[1]["../artifacts/".Length..]));

        var script = File.ReadAllText(Path.Combine(Folder, ToFetch[name].Script)).Replace("$model", "models/smollm2-135m-instruct", StringComparison.Ordinal);
        Assert.All(ToFetch[name].Files, file => Assert.Contains(" " + file, script, StringComparison.Ordinal));
        Assert.Contains($"experiments/{ToFetch[name].Script}", File.ReadAllText(Path.Combine(Folder, "README.md")), StringComparison.Ordinal);
    }

    /// <summary>The model may be on this machine, or not; the conversations are the user's.</summary>
    [Theory]
    [MemberData(nameof(OfModels))]
    public void For_a_model_lack_only_conversations_and_nothing_when_they_are_tried(string name)
    {
        var path = Path.Combine(Folder, "models", name);
        var problem = Assert.Single(Assert.Throws<UserException>(() => ExperimentReader.Read(path, Surroundings)).Problems);
        Assert.Equal((ProblemCode.MissingFile, true), (problem.Code, problem.Message.Contains("data/train.jsonl", StringComparison.Ordinal)));

        var tried = ExperimentReader.Read(path, Surroundings, ChangeReader.Read(SmokeChanges.Of(path, Surroundings)));
        Assert.Empty(tried.Warnings);
        Assert.Equal(tried.Experiment.Target.Family, tried.Experiment.Target.Random);
        Assert.Equal(Dtype.Bfloat16, tried.Experiment.Training.Dtype);
        Assert.Equal([2, 4], tried.Experiment.Speculation.Tokens);
    }

    [Fact]
    public void Are_listed_in_their_readme()
    {
        var readme = File.ReadAllText(Path.Combine(Folder, "README.md"));
        Assert.All(Manifests(), name => Assert.Contains($"| `{name}` |", readme, StringComparison.Ordinal));
    }

    /// <summary>Every JSON file below the folder that is no part of a checkpoint or of a store.</summary>
    private static string[] Manifests()
    {
        static bool IsOurs(string folder) => Path.GetFileName(folder) is not "models" && Path.GetFileName(folder)[0] is not '.' && !File.Exists(Path.Combine(folder, "config.json"));
        static IEnumerable<string> Below(string folder) =>
            Directory.EnumerateFiles(folder, "*.json").Concat(Directory.EnumerateDirectories(folder).Where(IsOurs).SelectMany(Below));
        var manifests = Below(Folder).Select(path => Path.GetRelativePath(Folder, path)).Order(StringComparer.Ordinal).ToArray();
        Assert.Contains("quickstart.json", manifests);
        return manifests;
    }

    /// <summary>What a script fetches for a manifest: paths below <c>artifacts</c>, in the manifest's order.</summary>
    private sealed record Fetched(string Script, string[] Files);
}
