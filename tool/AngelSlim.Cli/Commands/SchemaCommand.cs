using AngelSlim.Cli.Documents;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>Prints one of the schemas that came with the tool.</summary>
internal sealed class SchemaCommand(Machine machine, string name, bool list, bool json)
{
    private const string Ending = ".schema.json";

    /// <summary>Does it.</summary>
    /// <exception cref="UserException">There is no schema of that name.</exception>
    public int Execute()
    {
        var folder = Path.Combine(machine.ProgramFolder, "schemas");
        var names = Directory.EnumerateFiles(folder, "*" + Ending).Select(path => Path.GetFileName(path)[..^Ending.Length]).Order(StringComparer.Ordinal).ToList();
        if (list)
        {
            machine.Output.WriteLine(json ? new SchemasDocument { Names = names }.ToJson() : string.Join('\n', names));
            return ExitCode.Done;
        }

        if (!names.Contains(name, StringComparer.Ordinal))
        {
            var advice = Suggestion.Nearest(name, names) is { } near ? $"did you mean '{near}'?" : $"there are {string.Join(", ", names)}.";
            throw new UserException(ProblemCode.Usage, $"There is no schema '{name}'; {advice}");
        }

        machine.Output.Write(File.ReadAllText(Path.Combine(folder, name + Ending)));
        return ExitCode.Done;
    }
}

/// <summary>The verb <c>schema</c>.</summary>
internal sealed class SchemaVerb(Choice choice)
{
    /// <summary>For editors and for programs that read documents.</summary>
    [Command(Description = "Prints the JSON Schema of manifests, for editors, or of a document that --json prints.")]
    [Example("dotnet angelslim schema > experiment.schema.json", "dotnet angelslim schema plan")]
    public void Schema(
        [Argument("schema", Description = "experiment for manifests, or a document: plan, run, …")] string name = "experiment",
        [Option(Description = "The names that there are")] bool list = false,
        [Option(Description = "With --list, one JSON document; a schema is JSON already")] bool json = false) =>
        choice.Verb = machine => new SchemaCommand(machine, name, list, json).Execute();
}
