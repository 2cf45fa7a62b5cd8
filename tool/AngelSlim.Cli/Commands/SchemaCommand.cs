using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>Prints the schema of manifests that came with the tool.</summary>
internal static class SchemaCommand
{
    /// <summary>Does it.</summary>
    public static int Execute(Machine machine)
    {
        machine.Output.Write(File.ReadAllText(Path.Combine(machine.ProgramFolder, "schemas", "experiment.schema.json")));
        return ExitCode.Done;
    }
}

/// <summary>The verb <c>schema</c>.</summary>
internal sealed class SchemaVerb(Choice choice)
{
    /// <summary>For editors.</summary>
    [Command(Description = "Prints the JSON Schema of manifests, for editors.")]
    [Example("dotnet angelslim schema > experiment.schema.json")]
    public void Schema() => choice.Verb = SchemaCommand.Execute;
}
