using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Running;
using AngelSlim.Core.Stages;

namespace AngelSlim.Core.Sharing;

/// <summary>Fetches results from a cache into a store. The store's gate must be held.</summary>
/// <param name="store">Where to.</param>
/// <param name="cache">Where from.</param>
/// <param name="lanes">How much at once.</param>
/// <param name="me">For those who wait for a key.</param>
/// <param name="tell">Takes what happens, by <see cref="Wanted.Id"/>; from several threads.</param>
internal sealed class Pull(ArtifactStore store, ICache cache, Lanes lanes, Holder me, Action<string, RunEvent> tell)
{
    private readonly CachedResults _there = new(cache);

    /// <summary>Fetches what is not here.</summary>
    /// <param name="wanted">Each key once.</param>
    /// <param name="cancellation">The user wants to stop.</param>
    /// <returns>In the order of what was wanted.</returns>
    /// <exception cref="DataException">The cache refuses.</exception>
    public IReadOnlyList<Transfer> Go(IReadOnlyList<Wanted> wanted, CancellationToken cancellation) => lanes.Map(
        wanted,
        each =>
        {
            var end = Fetch(each, cancellation);
            tell(each.Id, each.Over);
            return end;
        },
        cancellation);

    private Transfer Fetch(Wanted wanted, CancellationToken cancellation)
    {
        using var held = StoreLock.TryTakePatiently(store.Root, wanted.Key, me);
        if (held is null)
        {
            tell(wanted.Id, new Said($"{wanted.Key} is being made by {Holder.Name(StoreLock.HolderOf(store.Root, wanted.Key))}; it is not fetched."));
            return wanted.As(TransferOutcome.Busy);
        }

        var here = store.Find(wanted.Key);
        if (here.Found is not null)
        {
            return wanted.As(TransferOutcome.There);
        }

        try
        {
            var there = _there.Find(wanted.Key, cancellation);
            return there switch
            {
                { HasListing: false } => wanted.As(TransferOutcome.Absent),
                { IsWhole: false } => throw CacheFault.Corrupt(cache.Locate(CacheNames.Of(wanted.Key, CacheNames.Listing)), $"Expected all that {wanted.Key} is made of; {there.Fault}"),
                _ => wanted.As(TransferOutcome.Moved) with { Bytes = Fetch(wanted, there, here.Fault, cancellation) },
            };
        }
        catch (DataException damaged) when (damaged.Problem.Code is ProblemCode.CacheCorrupt)
        {
            return wanted.As(TransferOutcome.Damaged) with { Problem = damaged.Problem };
        }
        catch (IOException failure) when (DiskFull.Caused(failure))
        {
            throw Full(failure.Message, failure);
        }
    }

    private long Fetch(Wanted wanted, CachedResult there, string? damage, CancellationToken cancellation)
    {
        tell(wanted.Id, new Began("is fetched"));
        void Tell(RunEvent happened) => tell(wanted.Id, happened);
        var arrival = new Arrival(store.Incoming(wanted.Key), there, cache.Locate);
        var missing = arrival.Missing(cancellation);
        RefuseIfFull(missing.Sum(file => file.File.Size));
        var moved = new MovedBytes(missing.Sum(file => file.File.Size), Tell, cancellation) { Detail = "fetched" };
        var download = new Download(cache);
        lanes.Each(missing, file => lanes.Move(() => arrival.Take(file, download, moved, cancellation), cancellation), cancellation);
        arrival.Finish();
        if (damage is not null)
        {
            tell(wanted.Id, new Said($"The result of {wanted.Id} is damaged ({damage}). It was moved to {store.SetAside(wanted.Key)}; that of the cache takes its place.", Warning: true));
        }

        var read = new MovedBytes(there.Artifact!.Listing.Size, Tell, cancellation) { Detail = "read again" };
        foreach (var _ in store.Import(wanted.Key, read.Add))
        {
        }

        return moved.Done;
    }

    private void RefuseIfFull(long bytes)
    {
        var free = new DriveInfo(store.Root).AvailableFreeSpace;
        if (bytes > free)
        {
            throw Full($"{free} bytes are free, and {bytes} are to come");
        }
    }

    private DataException Full(string found, Exception? inner = null) => new(
        ProblemCode.DiskFull, $"The disk of the store has no room for what the cache has ({found}). Make room, or choose less with --only; then give the same command again: it goes on with what is missing.", new TextPlace(store.Root), inner);
}
