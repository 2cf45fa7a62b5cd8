using AngelSlim.Core.Manifests;
using AngelSlim.Core.Running;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Web;

namespace AngelSlim.Core.Hub;

/// <summary>What is still to be fetched of a model whose small files are there.</summary>
/// <param name="Model">As the manifest names it.</param>
/// <param name="Commit">What its revision is.</param>
/// <param name="Folder">Where it lies.</param>
/// <param name="Weights">Files that are not there, or not whole.</param>
/// <param name="Bytes">Of them that are still to come.</param>
internal sealed record Outstanding(HubModel Model, string Commit, string Folder, IReadOnlyList<HubFile> Weights, long Bytes);

/// <summary>Fetches models from the hub into the hub cache: what this program reads, and nothing else.</summary>
/// <param name="access">Where the hub is.</param>
/// <param name="patience">How long it is waited for.</param>
/// <param name="cache">The cache's folder.</param>
/// <param name="tell">Takes what happens, from any thread.</param>
internal sealed class ModelFetch(HubAccess access, Patience patience, string cache, Action<RunEvent> tell) : IDisposable
{
    private const int AtOnce = 4;

    private readonly HubConnection _connection = new(access, patience);

    private Retry Retry => new(access.Endpoint, patience, text => tell(new Said(text)));

    private HubClient Hub => new(access, _connection, Retry);

    /// <summary>Fetches all that is small, so that a manifest can be held against it, and finds out how large the rest is.</summary>
    /// <exception cref="UserException">There is no such model, or this user may not read it.</exception>
    /// <exception cref="DataException">It is no checkpoint that can be used, the hub cannot be reached, or the disk is full.</exception>
    public Task<Outstanding> PrepareAsync(HubModel model, CancellationToken ct) => OnDiskAsync(async () =>
    {
        var listing = await Hub.ListAsync(model, ct);
        var store = new HubStore(cache, model);
        store.Prepare(listing.Commit);
        var isSingle = listing.Names.Contains(CheckpointFiles.Weights);
        Check(model, listing, isSingle);

        var small = listing.Names.Where(name => CheckpointFiles.IsSmall(name) && !(isSingle && name is CheckpointFiles.Index));
        await BringAsync(model, listing.Commit, await LookAsync(model, listing.Commit, small, ct), ct);
        store.Name(listing.Commit);

        var weights = isSingle ? [CheckpointFiles.Weights] : Shards(listing, store.Snapshot(listing.Commit));
        var files = await LookAsync(model, listing.Commit, weights, ct);
        return new Outstanding(model, listing.Commit, store.Snapshot(listing.Commit), files, files.Sum(store.Outstanding));
    });

    /// <summary>Fetches the rest.</summary>
    /// <exception cref="DataException">The hub cannot be reached, sends something else than it said, or the disk is full.</exception>
    public Task WeightsAsync(Outstanding outstanding, CancellationToken ct) => OnDiskAsync(async () =>
    {
        await BringAsync(outstanding.Model, outstanding.Commit, outstanding.Weights, ct);
        return outstanding;
    });

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private static void Check(HubModel model, HubListing listing, bool isSingle)
    {
        string[] needed = [CheckpointFiles.Config, .. CheckpointFiles.TokenizerOf(listing.Names.Contains) ?? [CheckpointFiles.Tokenizer]];
        var missing = needed.Where(name => !listing.Names.Contains(name)).ToList();
        if (!isSingle && !listing.Names.Contains(CheckpointFiles.Index))
        {
            missing.Add($"{CheckpointFiles.Weights} or {CheckpointFiles.Index}");
        }

        if (missing.Count > 0)
        {
            throw new UserException(ProblemCode.MissingFile, $"{model} has no {string.Join(", no ", missing)}; expected a checkpoint with config.json, weights in safetensors, and tokenizer.json (or vocab.json and merges.txt, or hy.tiktoken). Name another model, or convert this one and name its folder.");
        }
    }

    private static List<string> Shards(HubListing listing, string snapshot)
    {
        var path = Path.Combine(snapshot, CheckpointFiles.Index);
        var shards = CheckpointFiles.ReadIndex(path).Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return shards.FirstOrDefault(shard => !listing.Names.Contains(shard)) is { } missing
            ? throw new DataException(ProblemCode.BadWeights, $"the weights are said to be in {missing}, which the hub does not have. Name another revision of the model, or another model.", new TextPlace(path))
            : shards;
    }

    /// <summary>What the files are that the commit does not have yet.</summary>
    private async Task<IReadOnlyList<HubFile>> LookAsync(HubModel model, string commit, IEnumerable<string> names, CancellationToken ct)
    {
        var store = new HubStore(cache, model);
        var wanted = names.Where(name => !store.HasFile(commit, name)).Order(StringComparer.Ordinal).ToList();
        var files = new HubFile[wanted.Count];
        await EachAsync(wanted.Index(), async (name, inner) => files[name.Index] = await Hub.LookAsync(model, commit, name.Item, inner), ct);
        return files;
    }

    private async Task BringAsync(HubModel model, string commit, IReadOnlyList<HubFile> files, CancellationToken ct)
    {
        var store = new HubStore(cache, model);
        var (needed, free) = (files.Sum(store.Outstanding), store.FreeBytes());
        if (needed > free)
        {
            throw new DataException(
                ProblemCode.DiskFull, $"{model} needs {needed} bytes more in the hub cache, and {free} are free there. Make room, or move the cache to another disk (HF_HUB_CACHE).", new TextPlace(cache));
        }

        var fetch = new FileFetch(Hub, store, Retry, new FetchProgress(needed, tell));
        await EachAsync(files, (file, inner) => fetch.BringAsync(model, commit, file, inner), ct);
    }

    private static Task EachAsync<T>(IEnumerable<T> items, Func<T, CancellationToken, Task> work, CancellationToken ct) =>
        Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (item, inner) => await work(item, inner));

    private async Task<Outstanding> OnDiskAsync(Func<Task<Outstanding>> work)
    {
        try
        {
            return await work();
        }
        catch (IOException failure) when (DiskFull.Caused(failure))
        {
            throw new DataException(
                ProblemCode.DiskFull, $"The disk of the hub cache is full ({failure.Message}). What came is kept, and the same command goes on there. Make room, or move the cache to another disk (HF_HUB_CACHE).",
                new TextPlace(cache), failure);
        }
    }
}
