using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Artifacts;

/// <summary>What the user brought, as it was at one moment.</summary>
/// <param name="Digest">Enters keys; knows no path.</param>
/// <param name="Files">By absolute path.</param>
internal sealed record SourceContent(Digest Digest, IReadOnlyDictionary<string, FileContent> Files);

/// <summary>Digests of what the user brought.</summary>
internal sealed class SourceDigests(FileDigests files)
{
    /// <summary>What a loader of checkpoints may read; pictures, readme files and other formats of the same weights do not count.</summary>
    private static readonly HashSet<string> CheckpointFiles = [".json", ".safetensors", ".jinja", ".model", ".txt", ".tiktoken"];

    /// <summary>A file counts by its bytes, a checkpoint by the files at its top that a loader may read, and by the assembly of its family. Links are followed: hub caches are made of them.</summary>
    /// <exception cref="DataException">It is not there.</exception>
    public SourceContent Of(Artifact source)
    {
        try
        {
            return Read(source);
        }
        catch (IOException failure) when (IsGone(failure))
        {
            throw new DataException(ProblemCode.MissingFile, $"{failure.Message} It is named in the manifest.", inner: failure);
        }
    }

    /// <summary>The first file that is not what it was: changed, gone or new; null when there is none.</summary>
    /// <param name="source">What the user brought.</param>
    /// <param name="before">What it held.</param>
    /// <remarks>
    /// A file that was written to counts, whatever it holds now: it may have held something else in between. Where only its
    /// attributes changed (a link was made to it, a backup looked at it) its bytes decide.
    /// </remarks>
    public string? FirstChange(Artifact source, SourceContent before)
    {
        try
        {
            var now = Paths(source);
            return before.Files.Keys.Union(now).FirstOrDefault(path => !before.Files.TryGetValue(path, out var file) || HasChanged(file));
        }
        catch (IOException failure) when (IsGone(failure))
        {
            return (failure as FileNotFoundException)?.FileName ?? source.Folder;
        }
    }

    /// <summary>The files of which a source consists now; none when it is gone.</summary>
    public static IEnumerable<string> FilesOf(Artifact source) => source is SourceFile || Directory.Exists(source.Folder) ? Paths(source) : [];

    private bool HasChanged(FileContent before)
    {
        var now = FileIdentity.Of(before.Identity.Path);
        return now != before.Identity && (!now.IsUnwritten(before.Identity) || files.Of(now.Path) != before.Digest);
    }

    private static bool IsGone(IOException failure) => failure is FileNotFoundException or DirectoryNotFoundException;

    private SourceContent Read(Artifact source)
    {
        var contents = files.Read(Paths(source));
        return source is SourceFile file
            ? new(contents[file.Path].Digest, contents)
            : new(new ArtifactListing(contents.Values.Select(content => Listed(source, content))).Digest, contents);
    }

    /// <summary>An assembly counts under one name wherever it lies; no file of a checkpoint that counts can have it.</summary>
    private static ListedFile Listed(Artifact source, FileContent file) =>
        new(file.Identity.Path == AssemblyOf(source) ? "target.assembly" : Path.GetFileName(file.Identity.Path), file.Identity.Size, file.Digest);

    private static List<string> Paths(Artifact source) => source is SourceFile file
        ? [file.Path]
        : [.. from inner in new DirectoryInfo(source.Folder).EnumerateFiles() where CheckpointFiles.Contains(inner.Extension) select inner.FullName, .. AssemblyOf(source) is { } assembly ? [assembly] : Array.Empty<string>()];

    private static string? AssemblyOf(Artifact source) => (source as TargetFolder)?.Assembly;
}
