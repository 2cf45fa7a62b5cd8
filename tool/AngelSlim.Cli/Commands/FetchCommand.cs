using AngelSlim.Cli.Documents;
using AngelSlim.Cli.Rendering;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>Downloads the models that a manifest names.</summary>
internal sealed class FetchCommand(Machine machine, ManifestOptions manifest, bool json)
{
    /// <summary>Does it.</summary>
    public int Execute()
    {
        using var stopping = new Stopping(machine.Talk.WriteLine);
        var (_, models) = Asked.ReadManifest(machine, manifest, Fetched.Everything, stopping.Token);
        var lines = models.Select(model => $"{model.Model}: {Words.OfBytes(model.Bytes)} of weights, in {model.Folder}").DefaultIfEmpty("Everything is on this machine.");
        machine.Output.WriteLine(json ? FetchDocument.Of(manifest.Path, models).ToJson() : string.Join('\n', lines));
        return ExitCode.Done;
    }
}

/// <summary>The verb <c>fetch</c>.</summary>
internal sealed class FetchVerb(Choice choice)
{
    /// <summary>Before a run, or for a machine without a network.</summary>
    [Command(Description = "Downloads what a manifest names on the Hugging Face hub and this machine does not have, and runs nothing. After a stop, the same command goes on.")]
    [Example("dotnet angelslim fetch experiments/smollm2-135m.json")]
    public void Fetch(
        ManifestOptions manifest,
        [Option(Description = Help.Json)] bool json = false) =>
        choice.Verb = machine => new FetchCommand(machine, manifest, json).Execute();
}
