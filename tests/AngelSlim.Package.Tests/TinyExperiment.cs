using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AngelSlim.Testing;

namespace AngelSlim.Package.Tests;

/// <summary>The quickstart, so small that it takes seconds: its target, a few of its rows, a few steps.</summary>
internal static partial class TinyExperiment
{
    private const string Manifest = """
        {
          "name": "tiny",
          "target": { "builtin": "tiny-text" },
          "data": { "train": ["rows.jsonl"], "heldoutShare": 0.25 },
          "training": { "steps": 4, "unroll": 2, "checkpointEvery": 1, "evaluateEvery": 2 },
          "speculation": { "tokens": [1, 2] },
          "evaluation": { "prompts": ["prompts.jsonl"], "promptsPerFile": 1, "maxNewTokens": 8 }
        }
        """;

    /// <summary>Puts its data and a manifest into a folder.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="name">Of the manifest.</param>
    /// <param name="changes">What is set otherwise, by dotted path.</param>
    public static void Write(string folder, string name, params (string Path, JsonNode Value)[] changes)
    {
        Take(folder, "train.jsonl", "rows.jsonl", lines: 16);
        Take(folder, "prompts.jsonl", "prompts.jsonl", lines: 1);
        var manifest = JsonNode.Parse(Manifest)!;
        foreach (var (path, value) in changes)
        {
            var names = path.Split('.');
            var parent = names[..^1].Aggregate(manifest, (node, part) => node[part] ??= new JsonObject());
            parent[names[^1]] = value.DeepClone();
        }

        File.WriteAllText(Path.Combine(folder, name), manifest.ToJsonString());
    }

    /// <summary>A text without what differs from folder to folder, from time to time and with every change of a stage.</summary>
    public static string Lasting(string text, string folder)
    {
        text = text.Replace(folder, "FOLDER", StringComparison.Ordinal);
        text = text.Replace($"\"{Environment.MachineName}\"", "\"HOST\"", StringComparison.Ordinal);
        text = Sha256().Replace(text, "SHA256");
        text = Time().Replace(text, "TIME");
        return Number().Replace(text, "\"$1\": NUMBER");
    }

    private static void Take(string folder, string from, string to, int lines) =>
        File.WriteAllLines(Path.Combine(folder, to), File.ReadLines(Path.Combine(Golden.Root, "experiments", "builtin", "tiny-text", from)).Take(lines));

    [GeneratedRegex("[0-9a-f]{64}")]
    private static partial Regex Sha256();

    [GeneratedRegex(@"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z")]
    private static partial Regex Time();

    [GeneratedRegex("\"(run|pid|bytes|expectedBytes|freeBytes|expectedSeconds|acceptanceLength|seconds|(?<=\"step\": \\w+,\\s+\")value)\": (?!0,)-?[0-9][0-9.eE+-]*")]
    private static partial Regex Number();
}
