using System.Text.Json.Nodes;
using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Manifests;
using Cocona;

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

/// <summary>The verb <c>validate</c>.</summary>
internal sealed class ValidateVerb(Choice choice)
{
    /// <summary>Reads a manifest.</summary>
    [Command(Description = "Checks a manifest and the files that it names, and reports every problem with its place.")]
    [Example("dotnet angelslim validate experiments/quickstart.json")]
    public void Validate(
        [Argument(Description = Help.Manifest)] string manifest,
        [Option(Description = Help.Json)] bool json = false) =>
        choice.Verb = machine => new ValidateCommand(machine, manifest, json).Execute();
}
