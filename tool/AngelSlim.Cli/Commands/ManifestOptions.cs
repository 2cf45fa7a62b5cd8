using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>A manifest and what the command line changes in it: the same words for every verb that has a manifest.</summary>
/// <param name="Choice">Knows in which order the options came; the parser hands out each kind for itself.</param>
/// <param name="Path">Of the manifest.</param>
/// <param name="Set">For help and parser; see <see cref="Changes"/>.</param>
/// <param name="SetFile">For help and parser; see <see cref="Changes"/>.</param>
/// <param name="Unset">For help and parser; see <see cref="Changes"/>.</param>
/// <param name="Offline">Nothing is downloaded.</param>
/// <param name="Smoke">On a tiny random target instead.</param>
internal sealed record ManifestOptions(
    [FromService] Choice Choice,
    [Argument("manifest", Description = Help.Manifest)] string Path,
    [Option("set", ValueName = "path=value", Description = Help.Set)] string[]? Set = null,
    [Option("set-file", ValueName = "path=file", Description = Help.SetFile)] string[]? SetFile = null,
    [Option("unset", ValueName = "path", Description = Help.Unset)] string[]? Unset = null,
    [Option("offline", Description = Help.Offline)] bool Offline = false,
    [Option("smoke", Description = Help.Smoke)] bool Smoke = false) : ICommandParameterSet
{
    /// <summary>In the order of the command line.</summary>
    public IReadOnlyList<ManifestChange> Changes => Choice.Changes;

    /// <summary>All changes, those of <c>--smoke</c> before the user's own.</summary>
    /// <param name="surroundings">Where the rows lie that come with the tool.</param>
    public IReadOnlyList<ManifestChange> AllChanges(Surroundings surroundings) => Smoke ? [.. SmokeChanges.Of(Path, surroundings), .. Changes] : Changes;

    /// <summary>The manifest, and what <c>--set-file</c> takes into it.</summary>
    public IEnumerable<SourceFile> Files =>
        Changes.Where(change => change.Kind is ChangeKind.SetFile).Select(change => change.Text[(change.Text.IndexOf('=', StringComparison.Ordinal) + 1)..]).Prepend(Path)
            .Where(file => file.Length > 0).Select(System.IO.Path.GetFullPath).Select(file => new SourceFile(System.IO.Path.GetDirectoryName(file)!, System.IO.Path.GetFileName(file)));
}
