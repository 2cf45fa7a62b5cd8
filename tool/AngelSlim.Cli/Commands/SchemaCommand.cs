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
