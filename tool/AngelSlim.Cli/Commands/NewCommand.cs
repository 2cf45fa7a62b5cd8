using AngelSlim.Cli.Documents;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Reporting;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>What <c>new</c> was asked.</summary>
internal sealed record NewOptions(string File, string? Target, IReadOnlyList<string> Data, string? Name, bool Json);

/// <summary>Writes a manifest to start from.</summary>
internal sealed class NewCommand(Machine machine, NewOptions options)
{
    /// <summary>Does it.</summary>
    /// <exception cref="UserException">The file is there already, or would not be valid.</exception>
    public int Execute()
    {
        var written = new NewManifest(options.File, machine.Surroundings).Write(new(options.Target, options.Data, options.Name));
        IReadOnlyList<string> files = [.. written.Select(file => Path.GetRelativePath(".", file))];
        machine.Output.WriteLine(options.Json ? new NewDocument { Files = files }.ToJson() : string.Join('\n', files));
        machine.Talk.WriteLine("Read it, and then give it to 'dotnet angelslim run'.");
        return ExitCode.Done;
    }
}

/// <summary>The verb <c>new</c>.</summary>
internal sealed class NewVerb(Choice choice)
{
    /// <summary>For a first manifest.</summary>
    [Command(Description = "Writes a commented manifest to start from, with its schema for editors beside it. Overwrites nothing.")]
    [Example("dotnet angelslim new", "dotnet angelslim new mine.json --target Qwen/Qwen3-0.6B --data rows.jsonl")]
    public void New(
        [Argument(Description = "The file to write")] string file = "experiment.json",
        [Option(ValueName = "model", Description = "The target: a folder, or a hub id; a small one that comes with the tool when left out")] string? target = null,
        [Option(ValueName = "file", Description = "JSONL conversations to learn from; repeatable")] string[]? data = null,
        [Option(ValueName = "name", Description = "The experiment's name; the file's when left out")] string? name = null,
        [Option(Description = Help.Json)] bool json = false) =>
        choice.Verb = machine => new NewCommand(machine, new(file, target, data ?? [], name, json)).Execute();
}
