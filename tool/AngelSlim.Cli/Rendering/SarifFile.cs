using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Cli.Rendering;

/// <summary>Problems in the form of code scanners: SARIF 2.1.0.</summary>
internal static class SarifFile
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes them; a file without results where there are none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="version">Of the tool.</param>
    /// <param name="problems">What is not a pass.</param>
    public static void Write(string path, string version, IReadOnlyList<Problem> problems)
    {
        var rules = problems.Select(problem => problem.Code).Distinct().Select(code => (JsonNode)new JsonObject { ["id"] = code });
        var log = new JsonObject
        {
            ["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json",
            ["version"] = "2.1.0",
            ["runs"] = new JsonArray(new JsonObject
            {
                ["tool"] = new JsonObject { ["driver"] = new JsonObject { ["name"] = "angelslim", ["version"] = version, ["rules"] = new JsonArray([.. rules]) } },
                ["results"] = new JsonArray([.. problems.Select(Result)]),
            }),
        };
        File.WriteAllText(path, log.ToJsonString(Indented) + "\n");
    }

    private static JsonNode Result(Problem problem)
    {
        var result = new JsonObject
        {
            ["ruleId"] = problem.Code,
            ["level"] = problem.Severity is Severity.Error ? "error" : "warning",
            ["message"] = new JsonObject { ["text"] = problem.Message },
        };
        if (problem.Place is { } place)
        {
            var artifact = new JsonObject { ["uri"] = Uri.EscapeDataString(place.File.Replace('\\', '/')).Replace("%2F", "/", StringComparison.Ordinal) };
            result["locations"] = new JsonArray(new JsonObject
            {
                ["physicalLocation"] = new JsonObject { ["artifactLocation"] = artifact, ["region"] = new JsonObject { ["startLine"] = Math.Max(1, place.Line) } },
            });
        }

        return result;
    }
}
