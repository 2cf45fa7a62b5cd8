using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Artifacts;

/// <summary>What the user brought, as it was at one moment.</summary>
/// <param name="Digest">Enters keys; knows no path.</param>
/// <param name="Files">Digests by absolute path.</param>
internal sealed record SourceContent(Digest Digest, IReadOnlyDictionary<string, Digest> Files);

/// <summary>Digests of what the user brought.</summary>
internal sealed class SourceDigests(FileDigests files)
{
    /// <summary>What a loader of checkpoints may read; pictures, readme files and other formats of the same weights do not count.</summary>
    private static readonly HashSet<string> CheckpointFiles = [".json", ".safetensors", ".jinja", ".model", ".txt", ".tiktoken"];

    /// <summary>A file counts by its bytes, a checkpoint by the files at its top that a loader may read. Links are followed: hub caches are made of them.</summary>
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
    public string? FirstChange(Artifact source, SourceContent before)
    {
        try
        {
            var now = Read(source).Files;
            return before.Files.Keys.Union(now.Keys).FirstOrDefault(path => before.Files.GetValueOrDefault(path) != now.GetValueOrDefault(path));
        }
        catch (IOException failure) when (IsGone(failure))
        {
            return (failure as FileNotFoundException)?.FileName ?? source.Folder;
        }
    }

    private static bool IsGone(IOException failure) => failure is FileNotFoundException or DirectoryNotFoundException;

    private SourceContent Read(Artifact source)
    {
        if (source is SourceFile file)
        {
            var digest = files.Of(file.Path);
            return new(digest, new Dictionary<string, Digest> { [file.Path] = digest });
        }

        var listing = Listing(source.Folder);
        return new(listing.Digest, listing.Files.ToDictionary(listed => Path.Combine(source.Folder, listed.Path), listed => listed.Sha256));
    }

    private ArtifactListing Listing(string folder) =>
        new(from file in new DirectoryInfo(folder).EnumerateFiles()
            where CheckpointFiles.Contains(file.Extension)
            select new ListedFile(file.Name, FileIdentity.Of(file.FullName).Size, files.Of(file.FullName)));
}
