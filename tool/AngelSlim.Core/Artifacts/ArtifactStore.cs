namespace AngelSlim.Core.Artifacts;

/// <summary>What the store has under a key.</summary>
/// <param name="Found">The result, if it is there and whole.</param>
/// <param name="Fault">What is wrong with it, if it is there and damaged.</param>
internal readonly record struct Lookup(StoredArtifact? Found, string? Fault = null);

/// <summary>Results by key: <c>objects</c> holds complete ones, <c>work</c> partial ones, <c>quarantine</c> damaged ones.</summary>
/// <remarks>
/// A folder under <c>objects</c> is complete by construction: it gets there by one rename, after everything in it has
/// reached the disk. All that is known about it lies in it, so that the store can be moved, shared and indexed anew.
/// </remarks>
internal sealed class ArtifactStore(string root, FileDigests digests, TimeProvider clock)
{
    /// <summary>The listing of a result, beside its output; the last file that is written.</summary>
    public const string ListingFile = "artifact.json";

    /// <summary>The text that the key is the digest of.</summary>
    public const string RecipeFile = "recipe.json";

    private const string OutputFolder = "output";
    private const UnixFileMode ReadOnly = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Absolute path.</summary>
    public string Root { get; } = Path.GetFullPath(root);

    private string Quarantine => Path.Combine(Root, "quarantine");

    /// <summary>Partial work on a key.</summary>
    public WorkFolder Work(StepKey key) => new(Path.Combine(Root, "work", key.RelativePath));

    /// <summary>Looks a key up, and judges what is there: every size, and every byte that may have changed since it was last judged.</summary>
    /// <exception cref="IOException">The system does not let it be read: that says nothing about the result.</exception>
    /// <exception cref="UnauthorizedAccessException">So too.</exception>
    public Lookup Find(StepKey key)
    {
        try
        {
            var stored = Read(key);
            var fault = stored.Listing.FirstDifference(stored.Folder, digests.Of);
            return fault is null ? new(stored) : new(null, fault);
        }
        catch (DirectoryNotFoundException) when (!Directory.Exists(ObjectFolder(key)))
        {
            return default;
        }
        catch (Exception failure) when (failure is FormatException or InvalidDataException or FileNotFoundException or DirectoryNotFoundException)
        {
            return new(null, failure.Message);
        }
    }

    /// <summary>All results of a stage with their recipes, the newest first; damaged ones are left out.</summary>
    public IReadOnlyList<(StoredArtifact Artifact, string Recipe)> Of(string stage)
    {
        var folder = new DirectoryInfo(Path.Combine(Root, "objects", stage));
        return !folder.Exists ? [] : [.. folder.EnumerateDirectories().SelectMany(entry => ReadOrNone(stage, entry)).OrderByDescending(entry => entry.Artifact.Made.At)];
    }

    /// <summary>Keys with partial work. What else lies there (a file system's <c>lost+found</c>) is nobody's business.</summary>
    public IReadOnlyList<StepKey> Started()
    {
        var work = new DirectoryInfo(Path.Combine(Root, "work"));
        return !work.Exists ? [] :
        [
            .. from stage in work.EnumerateDirectories()
               where stage.Name.All(char.IsAsciiLetterLower)
               from key in stage.EnumerateDirectories()
               where Digest.IsDigest(key.Name)
               select new StepKey(stage.Name, Digest.Parse(key.Name)),
        ];
    }

    /// <summary>Moves a damaged result out of the way; nothing is deleted.</summary>
    /// <returns>Where it lies now.</returns>
    public string SetAside(StepKey key)
    {
        Durable.CreateFolder(Quarantine);
        var place = Path.Combine(Quarantine, $"{key.Stage}-{key.Recipe.Hex}-{clock.GetUtcNow():yyyyMMddHHmmssfff}");
        Durable.MoveFolder(ObjectFolder(key), place);
        return place;
    }

    /// <summary>Turns finished work into a result, by steps after each of which a kill loses nothing; called again, it goes on where it was.</summary>
    /// <param name="key">The result's name.</param>
    /// <param name="recipe">The text behind the key.</param>
    /// <param name="made">When and how.</param>
    /// <returns>What has just become durable, step by step; the work is done while it is enumerated.</returns>
    public IEnumerable<string> Publish(StepKey key, string recipe, Making made)
    {
        var work = Work(key);
        if (!work.IsSealed)
        {
            var listing = ArtifactListing.Of(work.Output, Digest.OfFile);
            Flush(work.Output);
            yield return "output";
            Durable.CreateFolder(work.Sealed);
            Durable.WriteText(Path.Combine(work.Sealed, RecipeFile), recipe);
            yield return "recipe";
            Durable.WriteText(Path.Combine(work.Sealed, ListingFile), new StoredArtifact(key, work.Output, listing, made).ToJson());
            yield return "listing";
        }

        if (Directory.Exists(work.Output))
        {
            MakeReadOnly(work.Output);
            yield return "mode";
            Durable.MoveFolder(work.Output, Path.Combine(work.Sealed, OutputFolder));
            yield return "moved";
        }

        if (File.Exists(work.Log))
        {
            File.Move(work.Log, Path.Combine(work.Sealed, Path.GetFileName(work.Log)), overwrite: true);
            yield return "log";
        }

        Durable.CreateFolder(Path.GetDirectoryName(ObjectFolder(key))!);
        Durable.MoveFolder(work.Sealed, ObjectFolder(key));
        yield return "object";
        ClearWork(key);
    }

    /// <summary>Deletes what a kill just after the publishing left.</summary>
    public void ClearWork(StepKey key)
    {
        if (Directory.Exists(Work(key).Root))
        {
            Directory.Delete(Work(key).Root, recursive: true);
        }
    }

    private static void Flush(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            Durable.FlushFile(file);
        }

        foreach (var inner in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories).Append(folder))
        {
            Durable.FlushFolder(inner);
        }
    }

    private static void MakeReadOnly(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            File.SetUnixFileMode(file, ReadOnly);
        }
    }

    private string ObjectFolder(StepKey key) => Path.Combine(Root, "objects", key.RelativePath);

    private StoredArtifact Read(StepKey key) =>
        StoredArtifact.Parse(File.ReadAllText(Path.Combine(ObjectFolder(key), ListingFile)), key, Path.Combine(ObjectFolder(key), OutputFolder));

    private IEnumerable<(StoredArtifact Artifact, string Recipe)> ReadOrNone(string stage, DirectoryInfo entry)
    {
        StoredArtifact artifact;
        string recipe;
        try
        {
            artifact = Read(new(stage, Digest.Parse(entry.Name)));
            recipe = File.ReadAllText(Path.Combine(entry.FullName, RecipeFile));
        }
        catch (Exception failure) when (failure is FormatException or IOException or UnauthorizedAccessException)
        {
            return [];
        }

        return [(artifact, recipe)];
    }
}
