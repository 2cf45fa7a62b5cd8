using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Web;

namespace AngelSlim.Core.Hub;

/// <summary>Brings files of one commit into the cache, each until it is whole and is what the hub said.</summary>
/// <param name="hub">Has them.</param>
/// <param name="store">Takes them.</param>
/// <param name="retry">Waits after a failure.</param>
/// <param name="progress">Counts bytes.</param>
internal sealed class FileFetch(HubClient hub, HubStore store, Retry retry, FetchProgress progress)
{
    private const int BufferSize = 1 << 18;

    /// <summary>Fetches what is not there of a file, and puts it into its commit.</summary>
    /// <exception cref="DataException">The hub cannot be reached, or sends something else than it said.</exception>
    public async Task BringAsync(HubModel model, string commit, HubFile file, CancellationToken ct)
    {
        var outstanding = store.Outstanding(file);
        using var turn = await store.LockAsync(file, () => progress.Say($"{file.Name} is being fetched by another process; waiting for it"), ct);
        if (store.HasBlob(file))
        {
            progress.Add(outstanding);
        }
        else
        {
            using (var partial = PartialFile.Open(store.Partial(file), file, ct))
            {
                await CompleteAsync(model, commit, file, partial, ct);
                partial.Flush();
            }

            store.Publish(file);
        }

        store.Link(commit, file);
    }

    private async Task CompleteAsync(HubModel model, string commit, HubFile file, PartialFile partial, CancellationToken ct)
    {
        var (tries, furthest, wasWrong) = (0, partial.Length, false);
        while (true)
        {
            try
            {
                if (partial.Length < file.Size)
                {
                    await AppendAsync(model, commit, file, partial, ct);
                }

                var hash = partial.Length == file.Size ? partial.TakeHash() : "";
                if (hash == file.Hash)
                {
                    return;
                }

                // Once it may be what an earlier attempt left; twice it is what the hub sends.
                Restart(partial);
                if (wasWrong)
                {
                    throw Wrong(model, file, $"should have the hash {file.Hash}; {hash} came, twice");
                }

                wasWrong = true;
                progress.Say($"{file.Name} does not have the hash that the hub says; it is fetched again");
            }
            catch (TroubleException trouble)
            {
                // Bytes that came before count for nothing: a server that always begins anew would be asked for ever.
                tries = partial.Length > furthest ? 1 : tries + 1;
                furthest = Math.Max(furthest, partial.Length);
                await retry.PauseAsync(file.Name, trouble, tries, ct);
            }
        }
    }

    /// <summary>Adds bytes until the file is whole.</summary>
    /// <exception cref="TroubleException">The connection ended before.</exception>
    private async Task AppendAsync(HubModel model, string commit, HubFile file, PartialFile partial, CancellationToken ct)
    {
        using var response = await hub.OpenAsync(model, commit, file.Name, partial.Length, ct);
        Align(response, file, partial);
        var announced = response.Content.Headers.ContentLength;
        if (announced > file.Size - partial.Length)
        {
            throw Wrong(model, file, $"should have {file.Size} bytes; {partial.Length + announced} are announced");
        }

        var body = await response.Content.ReadAsStreamAsync(ct);
        var buffer = new byte[BufferSize];
        for (int count; (count = await hub.ReadAsync(body, buffer, ct)) > 0;)
        {
            if (count > file.Size - partial.Length)
            {
                throw Wrong(model, file, $"should have {file.Size} bytes; more came");
            }

            partial.Add(buffer.AsSpan(0, count));
            progress.Add(count);
        }

        if (partial.Length < file.Size)
        {
            throw new TroubleException($"the connection ended after {partial.Length} of {file.Size} bytes");
        }
    }

    /// <summary>Makes the part and what comes fit together: not every server begins where it is asked to.</summary>
    private void Align(HttpResponseMessage response, HubFile file, PartialFile partial)
    {
        if (partial.Length is 0)
        {
            return;
        }

        switch ((int)response.StatusCode)
        {
            case 206 when response.Content.Headers.ContentRange is { From: { } from } range && from == partial.Length && (range.Length is null || range.Length == file.Size):
                return;
            case 200:
                Restart(partial);
                return;
            default:
                var length = partial.Length;
                Restart(partial);
                throw new TroubleException($"the rest from byte {length} on was not to be had ({(int)response.StatusCode}, {Shown.Quoted(response.Content.Headers.ContentRange?.ToString() ?? "")})");
        }
    }

    private void Restart(PartialFile partial)
    {
        progress.Add(-partial.Length);
        partial.Restart();
    }

    private DataException Wrong(HubModel model, HubFile file, string what) => new(
        ProblemCode.BadDownload, $"{file.Name} of {model} {what}. Run again; if it stays, a proxy or mirror on the way (HF_ENDPOINT, HTTPS_PROXY) changes files.", new TextPlace(store.Partial(file)));
}
