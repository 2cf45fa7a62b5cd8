using System.Text.Json.Nodes;
using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Cli.Commands;

/// <summary>Checks a manifest.</summary>
internal sealed class ValidateCommand(Machine machine, string manifest, bool json)
{
    /// <summary>Does it.</summary>
    public int Execute()
    {
        try
        {
            var read = Asked.ReadManifest(machine, manifest);
            machine.Output.WriteLine(json ? Documents.Write(Document(read.Warnings)) : $"{manifest}: no errors");
            return ExitCode.Done;
        }
        catch (UserException failure) when (json)
        {
            machine.Output.WriteLine(Documents.Write(Document(failure.Problems)));
            throw;
        }
    }

    private JsonObject Document(IReadOnlyList<Problem> problems) => new()
    {
        ["form"] = "angelslim/validate/1",
        ["manifest"] = manifest,
        ["valid"] = !problems.Any(problem => problem.Severity is Severity.Error),
        ["problems"] = new JsonArray([.. problems.Select(problem => new JsonObject
        {
            ["code"] = problem.Code,
            ["severity"] = problem.Severity.ToString().ToLowerInvariant(),
            ["file"] = problem.Place?.File,
            ["line"] = problem.Place?.Line,
            ["column"] = problem.Place?.Column,
            ["message"] = problem.Message,
        })]),
    };
}
