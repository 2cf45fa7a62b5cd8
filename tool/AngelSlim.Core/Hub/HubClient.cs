using System.Text.Json;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Web;

namespace AngelSlim.Core.Hub;

/// <summary>What can be asked of the hub. Every answer is taken for what a stranger says.</summary>
/// <param name="access">Where it is.</param>
/// <param name="connection">Leads there.</param>
/// <param name="retry">Tries again.</param>
internal sealed class HubClient(HubAccess access, HubConnection connection, Retry retry)
{
    private const int LongestListing = 64 << 20;

    private readonly HubRefusals _refusals = new(access);

    /// <summary>Commit and files of a model's revision.</summary>
    /// <exception cref="UserException">There is no such model or revision, or this user may not read it.</exception>
    /// <exception cref="DataException">The hub cannot be reached, or its answer is none.</exception>
    public Task<HubListing> ListAsync(HubModel model, CancellationToken ct) => retry.UntilDoneAsync(
        "The list of files",
        async () =>
        {
            var address = Address($"api/models/{model.Id}/revision/{Uri.EscapeDataString(model.Revision)}");
            using var response = await connection.AskAsync(HttpMethod.Get, address, from: 0, Follow.OwnHost, ct);
            if (!response.IsSuccessStatusCode)
            {
                var (id, revision) = HubRefusals.Asks(response) ? await SimilarAsync(model, ct) : ([], []);
                throw _refusals.Of(model, response, id, revision);
            }

            return Listing(model, await BodyAsync(response, ct));
        },
        ct);

    /// <summary>Hash and size of a file.</summary>
    /// <exception cref="UserException">This user may not read it.</exception>
    /// <exception cref="DataException">The hub cannot be reached, or does not say what the file is.</exception>
    public Task<HubFile> LookAsync(HubModel model, string commit, string name, CancellationToken ct) => retry.UntilDoneAsync(
        name,
        async () =>
        {
            using var response = await connection.AskAsync(HttpMethod.Head, FileAddress(model, commit, name), from: 0, Follow.OwnHost, ct);
            return (int)response.StatusCode < 400 ? Described(name, response) : throw _refusals.Of(model, response, name);
        },
        ct);

    /// <summary>The bytes of a file. One try.</summary>
    /// <param name="model">Whose.</param>
    /// <param name="commit">Of which commit.</param>
    /// <param name="name">The file.</param>
    /// <param name="from">The first byte that is wanted; a hub may begin at 0 all the same.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="TroubleException">It did not come.</exception>
    /// <exception cref="UserException">This user may not read it.</exception>
    public async Task<HttpResponseMessage> OpenAsync(HubModel model, string commit, string name, long from, CancellationToken ct)
    {
        var response = await connection.AskAsync(HttpMethod.Get, FileAddress(model, commit, name), from, Follow.Anywhere, ct);
        if (response.IsSuccessStatusCode || (from > 0 && (int)response.StatusCode is 416))
        {
            return response;
        }

        using (response)
        {
            throw _refusals.Of(model, response, name);
        }
    }

    /// <inheritdoc cref="HubConnection.ReadAsync"/>
    public Task<int> ReadAsync(Stream body, Memory<byte> buffer, CancellationToken ct) => connection.ReadAsync(body, buffer, ct);

    private Uri Address(string path) => new(access.Endpoint, path);

    private Uri FileAddress(HubModel model, string commit, string name) => Address($"{model.Id}/resolve/{commit}/{Uri.EscapeDataString(name)}");

    private HubFile Described(string name, HttpResponseMessage response)
    {
        string? Header(string header) => response.Headers.TryGetValues(header, out var values) ? values.First() : null;
        var hash = (Header("X-Linked-Etag") ?? response.Headers.ETag?.Tag ?? "").Replace("W/", "", StringComparison.Ordinal).Trim('"').ToLowerInvariant();
        var size = long.TryParse(Header("X-Linked-Size"), out var linked) ? linked : response.IsSuccessStatusCode ? response.Content.Headers.ContentLength : null;
        return hash.Length is 40 or 64 && hash.All(char.IsAsciiHexDigitLower) && size >= 0
            ? new(name, hash, size.Value)
            : throw Wrong($"does not say what {name} is: expected a hash of 40 or 64 digits and a size, found {Shown.Quoted(hash)} and {size?.ToString() ?? "no size"}");
    }

    private HubListing Listing(HubModel model, byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var commit = json.RootElement.GetProperty("sha").GetString() ?? "";
            var names = json.RootElement.GetProperty("siblings").EnumerateArray().Select(file => file.GetProperty("rfilename").GetString() ?? "").ToHashSet(StringComparer.Ordinal);
            return HubModel.IsCommit(commit) && (!HubModel.IsCommit(model.Revision) || commit == model.Revision)
                ? new(commit, names)
                : throw Wrong($"gives {Shown.Quoted(commit)} for the commit of {Shown.Quoted(model.ToString())}");
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw Wrong($"does not list the files of {model} (an object with sha and siblings was expected: {failure.Message.TrimEnd('.')})");
        }
    }

    private async Task<byte[]> BodyAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var body = await response.Content.ReadAsStreamAsync(ct);
        return await Faults.BodyAsync(async buffer => await connection.ReadAsync(body, buffer, ct), LongestListing)
            ?? throw Wrong($"answers with more than {LongestListing >> 20} MB where a list of files was expected");
    }

    /// <summary>Names that may have been meant. Not having them is no reason to fail in another way.</summary>
    private async Task<(IReadOnlyList<string> Ids, IReadOnlyList<string> Revisions)> SimilarAsync(HubModel model, CancellationToken ct)
    {
        async Task<IReadOnlyList<string>> NamesAsync(string path, Func<JsonElement, IEnumerable<JsonElement>> items, string member)
        {
            try
            {
                using var response = await connection.AskAsync(HttpMethod.Get, Address(path), from: 0, Follow.OwnHost, ct);
                using var json = JsonDocument.Parse(await BodyAsync(response, ct));
                return [.. items(json.RootElement).Select(item => item.GetProperty(member).GetString()).OfType<string>()];
            }
            catch (Exception failure) when (failure is TroubleException or DataException or JsonException or InvalidOperationException or KeyNotFoundException)
            {
                return [];
            }
        }

        var ids = await NamesAsync($"api/models?search={Uri.EscapeDataString(model.Id.Split('/')[^1])}&limit=50", json => json.EnumerateArray(), "id");
        var revisions = await NamesAsync($"api/models/{model.Id}/refs", json => json.GetProperty("branches").EnumerateArray().Concat(json.GetProperty("tags").EnumerateArray()), "name");
        return (ids, revisions);
    }

    private DataException Wrong(string what) => new(ProblemCode.BadDownload, $"{access.Endpoint.Authority} {what}. Look at HF_ENDPOINT and at proxies on the way, and run again.");
}
