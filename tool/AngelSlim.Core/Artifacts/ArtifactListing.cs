using System.Globalization;

namespace AngelSlim.Core.Artifacts;

/// <summary>One file of an artifact.</summary>
/// <param name="Path">Below the artifact's folder, with forward slashes.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Of its bytes.</param>
internal sealed record ListedFile(string Path, long Size, Digest Sha256);

/// <summary>The files of an artifact, sorted by path; its digest is the artifact's identity.</summary>
internal sealed class ArtifactListing
{
    /// <summary>Sorts.</summary>
    public ArtifactListing(IEnumerable<ListedFile> files)
    {
        Files = [.. files.OrderBy(file => file.Path, StringComparer.Ordinal)];
        Digest = Digest.Of(string.Concat(Files.Select(file => string.Create(CultureInfo.InvariantCulture, $"{file.Sha256} {file.Size} {file.Path}\n"))));
    }

    /// <summary>In ordinal order of their paths.</summary>
    public IReadOnlyList<ListedFile> Files { get; }

    /// <summary>Of one line per file: digest, size, path.</summary>
    public Digest Digest { get; }

    /// <summary>Bytes of all files.</summary>
    public long Size => Files.Sum(file => file.Size);

    /// <summary>The listing without some of its files.</summary>
    public ArtifactListing Without(IReadOnlyList<string> paths) => new(Files.Where(file => !paths.Contains(file.Path, StringComparer.Ordinal)));

    /// <summary>Lists what a stage has written.</summary>
    /// <param name="folder">The stage's output.</param>
    /// <param name="digestOf">From a file's absolute path.</param>
    /// <exception cref="InvalidDataException">There is a link: what it leads to can change, so that it cannot be part of a result.</exception>
    public static ArtifactListing Of(string folder, Func<string, Digest> digestOf) =>
        new(Paths(folder).Select(path => new ListedFile(Relative(folder, path), new FileInfo(path).Length, digestOf(path))));

    /// <summary>The first difference between what was listed and what a folder holds now, or null. Names and sizes are compared before any file is read.</summary>
    /// <param name="folder">The artifact's folder.</param>
    /// <param name="read">From absolute paths to what the files hold.</param>
    public string? FirstDifference(string folder, Func<IReadOnlyCollection<string>, IReadOnlyDictionary<string, FileContent>> read)
    {
        if (!Directory.Exists(folder))
        {
            return $"{folder} is gone";
        }

        var extra = Paths(folder).Select(path => Relative(folder, path)).Except(Files.Select(file => file.Path)).FirstOrDefault();
        if (extra is not null)
        {
            return $"{extra} does not belong there";
        }

        if (Files.Select(file => DifferenceInSize(file, folder)).FirstOrDefault(fault => fault is not null) is { } other)
        {
            return other;
        }

        var now = read([.. Files.Select(file => Path.Combine(folder, file.Path))]);
        return Files.FirstOrDefault(file => now[Path.Combine(folder, file.Path)].Digest != file.Sha256) is { } changed ? $"the bytes of {changed.Path} have changed" : null;
    }

    private static string? DifferenceInSize(ListedFile file, string folder)
    {
        var now = new FileInfo(Path.Combine(folder, file.Path));
        if (!now.Exists)
        {
            return $"{file.Path} is gone";
        }

        return now.Length == file.Size ? null : $"{file.Path} has {now.Length} bytes instead of {file.Size}";
    }

    private static IEnumerable<string> Paths(string folder)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", SearchOption.AllDirectories))
        {
            if (entry.LinkTarget is { } target)
            {
                throw new InvalidDataException($"{entry.FullName} is a link to {target}; a result is made of files.");
            }

            if (entry is FileInfo)
            {
                yield return entry.FullName;
            }
        }
    }

    private static string Relative(string folder, string path) => Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/');
}
