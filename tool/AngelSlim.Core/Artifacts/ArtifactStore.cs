using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Artifacts;

/// <summary>What the store has under a key.</summary>
/// <param name="Found">The result, if it is there and whole.</param>
/// <param name="Fault">What is wrong with it, if it is there and damaged.</param>
internal readonly record struct Lookup(StoredArtifact? Found, string? Fault = null);

/// <summary>What lies under a key, read but not judged.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Folder">Absolute path of the folder with listing, recipe, log and output.</param>
internal sealed record StoredObject(StepKey Key, string Folder)
{
    /// <summary>Its listing; null when it cannot be read.</summary>
    public StoredArtifact? Artifact { get; init; }

    /// <summary>The text behind the key; null when it cannot be read.</summary>
    public string? Recipe { get; init; }

    /// <summary>Why it cannot be read.</summary>
    public string? Fault { get; init; }
}

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

    /// <summary>Where damaged results lie.</summary>
    public string Quarantine => Path.Combine(Root, "quarantine");

    /// <summary>Where results are made again to be compared with those that are here. What a check leaves there is for people.</summary>
    public string Verify => Path.Combine(Root, "verify");

    /// <summary>Partial work on a key.</summary>
    public WorkFolder Work(StepKey key) => new(Path.Combine(Root, "work", key.RelativePath));

    /// <summary>Where a result lies; null when it is not there. Whether it is whole is another question.</summary>
    public string? FolderOf(StepKey key)
    {
        var folder = Path.Combine(ObjectFolder(key), OutputFolder);
        return Directory.Exists(folder) ? folder : null;
    }

    /// <summary>What the stage told while it made a result, or makes it; null when there is nothing.</summary>
    public string? LogOf(StepKey key)
    {
        string[] places = [Path.Combine(ObjectFolder(key), WorkFolder.LogFile), Work(key).Log, Path.Combine(Work(key).Sealed, WorkFolder.LogFile)];
        return places.FirstOrDefault(File.Exists);
    }

    /// <summary>Looks a key up, and judges what is there: every size, and every byte that may have changed since it was last judged.</summary>
    /// <exception cref="IOException">The system does not let it be read: that says nothing about the result.</exception>
    /// <exception cref="UnauthorizedAccessException">So too.</exception>
    public Lookup Find(StepKey key)
    {
        try
        {
            var stored = ReadListing(key, ObjectFolder(key));
            var fault = stored.Listing.FirstDifference(stored.Folder, digests.Read);
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

    /// <summary>Results of a stage by name; nothing is read of them.</summary>
    public IEnumerable<StepKey> KeysOf(string stage) => Keys(new DirectoryInfo(Path.Combine(ObjectsFolder, stage)));

    /// <summary>What is written down about a result, there or not; no file of it is opened.</summary>
    public StoredObject Peek(StepKey key) => Read(key, ObjectFolder(key));

    /// <summary>Everything under <c>objects</c>, also what cannot be read; no file of a result is opened.</summary>
    public IEnumerable<StoredObject> Objects() => Keys(ObjectsFolder).Select(key => Read(key, ObjectFolder(key)));

    /// <summary>Keys with partial work.</summary>
    public IReadOnlyList<StepKey> Started() => Keys(Path.Combine(Root, "work"));

    /// <summary>Keys of which something has come in from elsewhere.</summary>
    public IReadOnlyList<StepKey> Arriving() => Keys(Path.Combine(Root, "incoming"));

    /// <summary>Where a result is put together that was made elsewhere, with <see cref="RecipeFile"/>, <see cref="ListingFile"/> and <c>output</c> as under <c>objects</c>; survives a kill.</summary>
    public string Incoming(StepKey key) => Path.Combine(Root, "incoming", key.RelativePath);

    /// <summary>Moves a damaged result out of the way; nothing is deleted.</summary>
    /// <returns>Where it lies now.</returns>
    public string SetAside(StepKey key)
    {
        Durable.CreateFolder(Quarantine);
        var place = Path.Combine(Quarantine, $"{key.Stage}-{key.Recipe.Hex}-{clock.GetUtcNow():yyyyMMddHHmmssfff}");
        Durable.Move(ObjectFolder(key), place);
        return place;
    }

    /// <summary>Turns finished work into a result, by steps after each of which a kill loses nothing; called again, it goes on where it was.</summary>
    /// <returns>What has just become durable, step by step; the work is done while it is enumerated.</returns>
    public IEnumerable<string> Publish(StepKey key, string recipe, Making made) => Seal(key, recipe, made).Concat(Place(key));

    /// <summary>The first part of publishing: after it the result is whole, and lies where the work was.</summary>
    /// <param name="key">The result's name.</param>
    /// <param name="recipe">The text behind the key.</param>
    /// <param name="made">When and how.</param>
    /// <returns>As <see cref="Publish"/>.</returns>
    public IEnumerable<string> Seal(StepKey key, string recipe, Making made)
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
            Durable.Move(work.Output, Path.Combine(work.Sealed, OutputFolder));
            yield return "moved";
        }

        if (File.Exists(work.Log))
        {
            File.Move(work.Log, Path.Combine(work.Sealed, Path.GetFileName(work.Log)), overwrite: true);
            yield return "log";
        }
    }

    /// <summary>The second part: the result that was sealed gets to its place, where no other may be.</summary>
    /// <returns>As <see cref="Publish"/>.</returns>
    public IEnumerable<string> Place(StepKey key)
    {
        Durable.CreateFolder(Path.GetDirectoryName(ObjectFolder(key))!);

        // A full disk has no room for a folder: the one through which results leave is made while there is some.
        Durable.CreateFolder(Trash.FolderIn(Root));
        Durable.Move(Work(key).Sealed, ObjectFolder(key));
        yield return "object";
        ClearWork(key);
    }

    /// <summary>Deletes what a kill just after the publishing left.</summary>
    public void ClearWork(StepKey key)
    {
        Durable.DeleteFolder(Work(key).Root);
    }

    /// <summary>Turns what lies at <see cref="Incoming"/> into a result, judged to its last byte, by steps after each of which a kill loses nothing. Under the key's lock.</summary>
    /// <param name="key">The result's name.</param>
    /// <param name="told">As <see cref="Fault"/> takes it.</param>
    /// <returns>What has just become durable, step by step; the work is done while it is enumerated.</returns>
    /// <exception cref="DataException">It is not the result of this key, or not whole; nothing was changed.</exception>
    public IEnumerable<string> Import(StepKey key, Action<long>? told = null)
    {
        var folder = Incoming(key);
        if (Directory.Exists(ObjectFolder(key)))
        {
            Durable.DeleteFolder(folder);
            yield break;
        }

        if (Fault(Read(key, folder), told) is { } fault)
        {
            throw new DataException(ProblemCode.StoreCorrupt, $"What came in as {key} is not that result: {fault}. Delete the folder and fetch it again.", new TextPlace(folder));
        }

        Flush(folder);
        yield return "flushed";
        MakeReadOnly(Path.Combine(folder, OutputFolder));
        yield return "mode";
        Durable.CreateFolder(Path.GetDirectoryName(ObjectFolder(key))!);
        Durable.Move(folder, ObjectFolder(key));
        yield return "object";
    }

    /// <summary>What is wrong with an object, every byte of it read; null when nothing is.</summary>
    /// <param name="found">What lies under a key, here or on its way in.</param>
    /// <param name="told">Told the bytes of each file that was read, from several threads; what it throws ends the reading.</param>
    /// <exception cref="IOException">The system does not let it be read: that says nothing about the object.</exception>
    public static string? Fault(StoredObject found, Action<long>? told = null)
    {
        if (found.Fault is not null)
        {
            return found.Fault;
        }

        if (Digest.Of(found.Recipe!) != found.Key.Recipe)
        {
            return $"{RecipeFile} is not the recipe of this key";
        }

        try
        {
            return found.Artifact!.Listing.FirstDifference(found.Artifact.Folder, paths => FileDigests.Unremembered(paths, told));
        }
        catch (InvalidDataException link)
        {
            return link.Message;
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

    private string ObjectsFolder => Path.Combine(Root, "objects");

    private string ObjectFolder(StepKey key) => Path.Combine(ObjectsFolder, key.RelativePath);

    private static StoredArtifact ReadListing(StepKey key, string folder) =>
        StoredArtifact.Parse(File.ReadAllText(Path.Combine(folder, ListingFile)), key, Path.Combine(folder, OutputFolder));

    private static StoredObject Read(StepKey key, string folder)
    {
        var found = new StoredObject(key, folder);
        try
        {
            return found with { Artifact = ReadListing(key, folder), Recipe = File.ReadAllText(Path.Combine(folder, RecipeFile)) };
        }
        catch (Exception failure) when (failure is FormatException or IOException or UnauthorizedAccessException)
        {
            return found with { Fault = failure.Message };
        }
    }

    /// <summary>Keys by stage. What else lies there (a file system's <c>lost+found</c>) is nobody's business.</summary>
    private static List<StepKey> Keys(string folder)
    {
        var stages = new DirectoryInfo(folder);
        return !stages.Exists ? [] : [.. stages.EnumerateDirectories().Where(stage => stage.Name.All(char.IsAsciiLetterLower)).SelectMany(Keys)];
    }

    private static IEnumerable<StepKey> Keys(DirectoryInfo stage) => !stage.Exists ? [] :
        from key in stage.EnumerateDirectories()
        where Digest.IsDigest(key.Name)
        select new StepKey(stage.Name, Digest.Parse(key.Name));
}
