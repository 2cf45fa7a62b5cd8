using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>The verbs and their options, as help shows them. Each method only notes what is to be done.</summary>
internal sealed class Verbs(Choice choice)
{
    private const string ManifestHelp = "The manifest, a JSON file";
    private const string StoreHelp = "Folder of results; .angelslim in the manifest's folder when left out";
    private const string JsonHelp = "One JSON document on standard output instead of a table";

    /// <summary>The main verb.</summary>
    [Command(Description = "Makes everything that a manifest asks for and the store does not have. After a stop or a kill, the same command goes on.")]
    [Example("dotnet angelslim run experiments/quickstart.json")]
    public void Run(
        [Argument(Description = ManifestHelp)] string manifest,
        [Option(ValueName = "folder", Description = StoreHelp)] string? store = null,
        [Option(ValueName = "number", Description = "Threads of libtorch; one per physical core when left out")] string? threads = null,
        [Option("no-wait", Description = "Do not wait for a step that another process is making; exit with 7")] bool noWait = false,
        [Option(Description = JsonHelp)] bool json = false) =>
        choice.Verb = machine => new RunCommand(machine, new(manifest, store, threads, noWait, json)).Execute();

    /// <summary>A dry run.</summary>
    [Command(Description = "Says which steps would run, and why. Runs nothing.")]
    [Example("dotnet angelslim plan experiments/quickstart.json")]
    public void Plan(
        [Argument(Description = ManifestHelp)] string manifest,
        [Option(ValueName = "folder", Description = StoreHelp)] string? store = null,
        [Option(Description = JsonHelp)] bool json = false) =>
        choice.Verb = machine => new PlanCommand(machine, new(manifest, store, json)).Execute();

    /// <summary>Reads a manifest.</summary>
    [Command(Description = "Checks a manifest and the files that it names, and reports every problem with its place.")]
    [Example("dotnet angelslim validate experiments/quickstart.json")]
    public void Validate(
        [Argument(Description = ManifestHelp)] string manifest,
        [Option(Description = JsonHelp)] bool json = false) =>
        choice.Verb = machine => new ValidateCommand(machine, manifest, json).Execute();

    /// <summary>What a store holds.</summary>
    [Command(Description = "Shows the latest runs of a store, and what is in work.")]
    [Example("dotnet angelslim status experiments/quickstart.json")]
    public void Status(
        [Argument(Description = "A manifest that was run; the store of this folder when left out")] string? manifest = null,
        [Option(ValueName = "folder", Description = StoreHelp)] string? store = null,
        [Option(Description = JsonHelp)] bool json = false) =>
        choice.Verb = machine => new StatusCommand(machine, new(manifest, store, json)).Execute();

    /// <summary>For editors.</summary>
    [Command(Description = "Prints the JSON Schema of manifests, for editors.")]
    [Example("dotnet angelslim schema > experiment.schema.json")]
    public void Schema() => choice.Verb = SchemaCommand.Execute;
}

/// <summary>Takes the verb that was chosen.</summary>
internal sealed class Choice
{
    /// <summary>What to do; null as long as nothing is chosen.</summary>
    public Func<Machine, int>? Verb { get; set; }
}
