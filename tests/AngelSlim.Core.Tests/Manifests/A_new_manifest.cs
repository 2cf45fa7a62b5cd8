using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Schemas;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Reporting;
using AngelSlim.Core.Tests.Planning;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Core.Tests.Manifests;

public sealed class A_new_manifest : IDisposable
{
    private readonly ManifestFolder _folder = new();
    private readonly Surroundings _surroundings = new("none", Path.Combine(Golden.Root, "experiments", "builtin"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Has_no_problem_and_all_steps_as_it_is()
    {
        var path = Path.Combine(_folder.Root, "new", "my first.json");
        var written = new NewManifest(path, _surroundings).Write(new(null, [], null));
        Assert.Equal(
            ["my first.json", "data/tiny-text-train.jsonl", "data/tiny-text-prompts.jsonl", "experiment.schema.json"],
            written.Select(file => Path.GetRelativePath(Path.GetDirectoryName(path)!, file)));

        var read = ExperimentReader.Read(path, _surroundings);
        Assert.Empty(read.Warnings);
        Assert.Equal(("my-first", "tiny-text"), (read.Experiment.Name, read.Experiment.Target.Builtin));
        Assert.Equal(ManifestSchema.Bytes(), File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(path)!, "experiment.schema.json")));
        Assert.Contains(ExperimentResolver.Resolve(read, Contracts.All), step => step.Id == "train");
        Golden.Matches("new.json", File.ReadAllText(path).Replace(_folder.Root, "FOLDER", StringComparison.Ordinal));
    }

    [Fact]
    public void Has_the_target_the_data_and_the_name_that_were_asked_for()
    {
        var path = Path.Combine(_folder.Root, "deep", "er", "e2.json");
        new NewManifest(path, _surroundings).Write(new(
            Path.Combine(_folder.Root, "target"), [Path.Combine(_folder.Root, "train.jsonl"), Path.Combine(_folder.Root, "more.jsonl")], "mine"));
        var experiment = ExperimentReader.Read(path, _surroundings).Experiment;
        Assert.Equal(("mine", "../../target"), (experiment.Name, experiment.Target.Model));
        Assert.Equal(["../../train.jsonl", "../../more.jsonl"], experiment.Data.Train);
        Assert.Empty(experiment.Evaluation.Prompts);
    }

    [Fact]
    public void Overwrites_nothing()
    {
        _folder.Write("e.json", "mine");
        var refusal = Assert.Throws<UserException>(() => new NewManifest(_folder.Manifest, _surroundings).Write(new(null, [], null)));
        Assert.Equal($"angelslim: error ASL0010: {_folder.Manifest} is there already; name another file.", Assert.Single(refusal.Problems).ToString());

        _folder.Write("experiment.schema.json", "mine too");
        _folder.Write("data/tiny-text-train.jsonl", "{}");
        new NewManifest(Path.Combine(_folder.Root, "f.json"), _surroundings).Write(new(null, [], null));
        Assert.Equal(("mine", "mine too", "{}"), (File.ReadAllText(_folder.Manifest), File.ReadAllText(Path.Combine(_folder.Root, "experiment.schema.json")), File.ReadAllText(Path.Combine(_folder.Root, "data/tiny-text-train.jsonl"))));
    }

    [Fact]
    public void That_would_be_wrong_is_not_written()
    {
        var refusal = Assert.Throws<UserException>(() => new NewManifest(_folder.Manifest, _surroundings).Write(new("no/model/there", [Path.Combine(_folder.Root, "no.jsonl")], "a b")));
        Assert.Equal([ProblemCode.OutOfRange, ProblemCode.MissingFile, ProblemCode.MissingFile], refusal.Problems.Select(problem => problem.Code));
        Assert.All(refusal.Problems, problem => Assert.Null(problem.Place));
        Assert.False(File.Exists(_folder.Manifest));
        Assert.False(File.Exists(Path.Combine(_folder.Root, "experiment.schema.json")));

        Assert.Contains("--target needs --data", Assert.Throws<UserException>(() => new NewManifest(_folder.Manifest, _surroundings).Write(new("target", [], null))).Message, StringComparison.Ordinal);
    }
}
