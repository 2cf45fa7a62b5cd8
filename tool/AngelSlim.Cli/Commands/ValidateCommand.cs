using AngelSlim.Cli.Documents;
using AngelSlim.Cli.Rendering;
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
            var (read, models) = Asked.ReadManifest(machine, manifest, Fetched.SmallFiles);
            IEnumerable<string> lines = [$"{manifest.Path}: no errors", .. models.Select(Words.Of)];
            machine.Output.WriteLine(json ? ValidateDocument.Of(manifest.Path, read.Warnings, models).ToJson() : string.Join('\n', lines));
            return ExitCode.Done;
        }
        catch (UserException failure) when (json)
        {
            machine.Output.WriteLine(ValidateDocument.Of(manifest.Path, failure.Problems, []).ToJson());
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
