using AngelSlim.Cli.Documents;
using AngelSlim.Core.Manifests;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>Checks a manifest.</summary>
internal sealed class ValidateCommand(Machine machine, ManifestOptions manifest, bool json)
{
    /// <summary>Does it.</summary>
    public int Execute()
    {
        try
        {
            var read = Asked.ReadManifest(machine, manifest);
            machine.Output.WriteLine(json ? ValidateDocument.Of(manifest.Path, read.Warnings).ToJson() : $"{manifest.Path}: no errors");
            return ExitCode.Done;
        }
        catch (UserException failure) when (json)
        {
            machine.Output.WriteLine(ValidateDocument.Of(manifest.Path, failure.Problems).ToJson());
            throw;
        }
    }
}

/// <summary>The verb <c>validate</c>.</summary>
internal sealed class ValidateVerb(Choice choice)
{
    /// <summary>Reads a manifest.</summary>
    [Command(Description = "Checks a manifest and the files that it names, and reports every problem with its place.")]
    [Example("dotnet angelslim validate experiments/quickstart.json")]
    public void Validate(
        ManifestOptions manifest,
        [Option(Description = Help.Json)] bool json = false) =>
        choice.Verb = machine => new ValidateCommand(machine, manifest, json).Execute();
}
