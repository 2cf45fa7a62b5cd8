using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Running;
using AngelSlim.Core.Stages;

namespace AngelSlim.Core.Sharing;

/// <summary>Sends results of a store to a cache. The store's gate must be held.</summary>
/// <remarks>The listing is sent last: what is killed before leaves files that count for nothing, and that the next push does not send again.</remarks>
/// <param name="store">Where from.</param>
/// <param name="cache">Where to.</param>
/// <param name="lanes">How much at once.</param>
/// <param name="tell">Takes what happens, by <see cref="Wanted.Id"/>; from several threads.</param>
internal sealed class Push(ArtifactStore store, ICache cache, Lanes lanes, Action<string, RunEvent> tell)
{
    private readonly CachedResults _there = new(cache);

    /// <summary>Sends what is not there.</summary>
    /// <param name="wanted">Each key once.</param>
    /// <param name="cancellation">The user wants to stop.</param>
    /// <returns>In the order of what was wanted.</returns>
    /// <exception cref="DataException">The cache refuses.</exception>
    public IReadOnlyList<Transfer> Go(IReadOnlyList<Wanted> wanted, CancellationToken cancellation) => lanes.Map(
        wanted,
        each =>
        {
            var end = Send(each, cancellation);
            tell(each.Id, each.Over);
            return end;
        },
        cancellation);

    private Transfer Send(Wanted wanted, CancellationToken cancellation)
    {
        var here = store.Peek(wanted.Key);
        if (!Directory.Exists(here.Folder))
        {
            return wanted.As(TransferOutcome.Absent);
        }

        var there = _there.Find(wanted.Key, cancellation);
        if (there.IsWhole && here.Artifact is not null)
        {
            Compare(wanted, here.Artifact, there.Artifact!);
            return wanted.As(TransferOutcome.There);
        }

        try
        {
            return wanted.As(TransferOutcome.Moved) with { Bytes = Send(wanted, here, there, cancellation) };
        }
        catch (DataException damaged) when (damaged.Problem.Code is ProblemCode.StoreCorrupt)
        {
            return wanted.As(TransferOutcome.Damaged) with { Problem = damaged.Problem };
        }
    }

    /// <summary>Other bytes of the same recipe are no fault of the cache: the first that came stay.</summary>
    private void Compare(Wanted wanted, StoredArtifact here, StoredArtifact there)
    {
        if (here.Listing.Digest != there.Listing.Digest)
        {
            tell(wanted.Id, new Said($"the cache has other bytes of this key ({there.Listing.Digest.Hex[..8]}, here {here.Listing.Digest.Hex[..8]}), made {there.Made.At.UtcDateTime:yyyy-MM-dd HH:mm}Z on another machine or with other threads. They stay.", Warning: true));
        }
    }

    private long Send(Wanted wanted, StoredObject here, CachedResult there, CancellationToken cancellation)
    {
        tell(wanted.Id, new Began("is read and sent"));
        void Tell(RunEvent happened) => tell(wanted.Id, happened);
        var read = new MovedBytes(here.Artifact?.Listing.Size ?? 0, Tell, cancellation) { Detail = "read" };
        if (ArtifactStore.Fault(here, read.Add) is { } fault)
        {
            throw new DataException(ProblemCode.StoreCorrupt, $"{wanted.Key} is damaged: {fault}. It is not sent. 'dotnet angelslim doctor --fix' puts it aside, and a run makes it again.", new TextPlace(here.Folder));
        }

        var files = FilesOf(here).Where(file => there.Files.GetValueOrDefault(file.Name, -1) != file.File.Size).ToList();
        var listing = Named(CacheNames.Listing, Path.Combine(here.Folder, ArtifactStore.ListingFile));
        var moved = new MovedBytes(files.Sum(file => file.File.Size) + listing.File.Size, Tell, cancellation) { Detail = "sent" };
        lanes.Each(files, file => Put(wanted.Key, file, moved, cancellation), cancellation);
        Put(wanted.Key, listing, moved, cancellation);
        var now = _there.Find(wanted.Key, cancellation);
        if (now.Artifact?.Listing.Digest != here.Artifact!.Listing.Digest || !now.IsWhole)
        {
            throw CacheFault.Refused(cache.Locate(CacheNames.Of(wanted.Key, "")), $"Everything of {wanted.Key} was sent, and not all of it is there: {now.Fault ?? "its listing is that of another push"}. Push again; if it stays, see what else changes the cache.");
        }

        return moved.Done;
    }

    private void Put(StepKey key, (string Name, SentFile File) file, MovedBytes moved, CancellationToken cancellation) =>
        lanes.Move(() => cache.Put(CacheNames.Of(key, file.Name), file.File, moved.Add, cancellation), cancellation);

    /// <summary>All but the listing; what two files have in common is one.</summary>
    private static IEnumerable<(string Name, SentFile File)> FilesOf(StoredObject here)
    {
        foreach (var file in here.Artifact!.Listing.Files.DistinctBy(file => file.Sha256))
        {
            yield return (CacheNames.Files + file.Sha256.Hex, new(Path.Combine(here.Artifact.Folder, file.Path), file.Size, file.Sha256));
        }

        yield return Named(CacheNames.Recipe, Path.Combine(here.Folder, ArtifactStore.RecipeFile));
        if (Path.Combine(here.Folder, WorkFolder.LogFile) is var log && File.Exists(log))
        {
            var file = Named("", log).File;
            yield return (CacheNames.Logs + file.Sha256.Hex, file);
        }
    }

    private static (string Name, SentFile File) Named(string name, string path) => (name, new(path, new FileInfo(path).Length, Digest.OfFile(path)));
}
