using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Artifacts;

/// <summary>Digests of what the user brought.</summary>
internal sealed class SourceDigests(FileDigests files)
{
    /// <summary>What a loader of checkpoints may read; pictures, readme files and other formats of the same weights do not count.</summary>
    private static readonly HashSet<string> CheckpointFiles = [".json", ".safetensors", ".jinja", ".model", ".txt", ".tiktoken"];

    /// <summary>A file counts by its bytes, a checkpoint by the files at its top that a loader may read. Links are followed: hub caches are made of them.</summary>
    /// <exception cref="DataException">It is not there.</exception>
    public Digest Of(Artifact source)
    {
        try
        {
            return source is SourceFile file ? files.Of(file.Path) : Listing(source.Folder).Digest;
        }
        catch (IOException failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataException(ProblemCode.MissingFile, $"{failure.Message} It is named in the manifest.", inner: failure);
        }
    }

    private ArtifactListing Listing(string folder) =>
        new(from file in new DirectoryInfo(folder).EnumerateFiles()
            where CheckpointFiles.Contains(file.Extension)
            select new ListedFile(file.Name, FileIdentity.Of(file.FullName).Size, files.Of(file.FullName)));
}
