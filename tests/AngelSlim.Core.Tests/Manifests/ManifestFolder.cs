using AngelSlim.Core.Manifests;
using Xunit;

namespace AngelSlim.Core.Tests.Manifests;

/// <summary>A temporary folder with a manifest and everything that it names: data, a target, a hub cache, a built-in target.</summary>
internal sealed class ManifestFolder : IDisposable
{
    /// <summary>The least that is a manifest.</summary>
    public const string Least = """{ "name": "e", "target": { "model": "target" }, "data": { "train": ["train.jsonl"] } }""";

    public ManifestFolder()
    {
        foreach (var file in new[]
        {
            "train.jsonl", "more.jsonl", "heldout.jsonl", "prompts.jsonl", "target/config.json", "empty/readme.txt", "builtin/tiny-text/config.json",
            "hub/models--org--model-1/snapshots/abc123/config.json", "hub/models--org--model-1/snapshots/abc123/tokenizer.json",
            "hub/models--org--model-1/snapshots/abc123/model.safetensors", "hub/models--org--part/snapshots/abc123/readme.txt",
        })
        {
            Write(file, "{}");
        }

        Write("hub/models--org--model-1/refs/main", "abc123");
        Write("hub/models--org--part/refs/main", "abc123");
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("manifests").FullName;

    public string Manifest => Path.Combine(Root, "e.json");

    public Surroundings Surroundings => new(Path.Combine(Root, "hub"), Path.Combine(Root, "builtin")) { OfflineBy = "--offline" };

    public ReadExperiment Read(string json)
    {
        Write("e.json", json);
        return ExperimentReader.Read(Manifest, Surroundings);
    }

    /// <summary>What is wrong; the folder's own path reads as FOLDER.</summary>
    public string[] Problems(string json) =>
        [.. Assert.Throws<UserException>(() => Read(json)).Problems.Select(Told)];

    /// <summary>The one thing that is wrong.</summary>
    public string Problem(string json) => Assert.Single(Problems(json));

    public string Told(Problem problem) => problem.ToString().Replace(Root, "FOLDER", StringComparison.Ordinal);

    public void Write(string name, string text)
    {
        var path = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
