using System.Text.Json.Nodes;

namespace AngelSlim.Package.Tests;

/// <summary>A tiny experiment that the installed tool has run once, with the libraries that this took.</summary>
public sealed class FinishedRun
{
    private readonly InstalledTool _tool;

    public FinishedRun(InstalledTool tool)
    {
        _tool = tool;
        Folder = tool.NewFolder();
        TinyExperiment.Write(Folder, "tiny.json");
        (ExitCode, Libraries) = tool.RunTraced(Folder, "run", "tiny.json", "--threads", "1");
    }

    /// <summary>Has <c>tiny.json</c> and the store.</summary>
    public string Folder { get; }

    /// <summary>The store.</summary>
    public string Store => Path.Combine(Folder, ".angelslim");

    public int ExitCode { get; }

    public string Libraries { get; }

    /// <summary>Files of a result of the first run.</summary>
    public string[] Results(string stage) =>
        [.. Directory.EnumerateFiles(Path.Combine(Store, "objects", stage), "*", SearchOption.AllDirectories).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    /// <summary>What happens, or would happen, to each step of a manifest in this folder.</summary>
    /// <param name="verb"><c>plan</c> or <c>run</c>.</param>
    /// <param name="manifest">Its name.</param>
    public string[] Steps(string verb, string manifest)
    {
        var word = verb is "plan" ? "state" : "outcome";
        var (_, output, _) = _tool.Run(Folder, verb, manifest, "--json");
        return [.. JsonNode.Parse(output)!["steps"]!.AsArray().Select(step => $"{step!["id"]} {step[word]}")];
    }
}
