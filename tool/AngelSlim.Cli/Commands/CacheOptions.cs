using AngelSlim.Core.Manifests;
using AngelSlim.Core.Planning;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>A cache, and which results are meant: the same words for every verb of caches.</summary>
/// <param name="Choice">Knows in which order the options came.</param>
/// <param name="Place">Of the cache.</param>
/// <param name="Manifest">Whose results; null for those of no experiment.</param>
/// <param name="Set">For help and parser; see <see cref="ManifestOptions.Changes"/>.</param>
/// <param name="SetFile">For help and parser.</param>
/// <param name="Unset">For help and parser.</param>
/// <param name="Only">Just these steps.</param>
/// <param name="From">These and what reads them.</param>
/// <param name="Until">These and what they read.</param>
/// <param name="Store">The store, if it lies elsewhere.</param>
/// <param name="Endpoint">The server of a bucket.</param>
/// <param name="Json">For programs.</param>
internal sealed record CacheOptions(
    [FromService] Choice Choice,
    [Argument("place", Description = "The cache: a folder, or s3://bucket/prefix")] string Place,
    [Argument("manifest", Description = "The manifest whose results are meant")] string? Manifest = null,
    [Option("set", ValueName = "path=value", Description = Help.Set)] string[]? Set = null,
    [Option("set-file", ValueName = "path=file", Description = Help.SetFile)] string[]? SetFile = null,
    [Option("unset", ValueName = "path", Description = Help.Unset)] string[]? Unset = null,
    [Option("only", ValueName = "step", Description = "Just the result of this step, or of all steps of this stage; repeatable")] string[]? Only = null,
    [Option("from", ValueName = "step", Description = "The results of this step and of what reads it; repeatable")] string[]? From = null,
    [Option("until", ValueName = "step", Description = "The results of this step and of what it reads; repeatable")] string[]? Until = null,
    [Option("store", ValueName = "folder", Description = Help.Store)] string? Store = null,
    [Option("endpoint", ValueName = "address", Description = "The server of the bucket; AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL of the environment when left out. Credentials come from the environment or an AWS profile only")] string? Endpoint = null,
    [Option("json", Description = Help.Json)] bool Json = false) : ICommandParameterSet
{
    /// <summary>The store, absolute, there or not.</summary>
    public string StorePlace => OpenStore.Place(Store, Manifest is null ? Path.GetFullPath(".") : Path.GetDirectoryName(Path.GetFullPath(Manifest))!);

    /// <summary>The steps that are meant, and those that they read; null when no manifest is named.</summary>
    /// <exception cref="UserException">The manifest is wrong, or a name is not that of a step.</exception>
    public Selection? Selected(Machine machine)
    {
        if (Manifest is null)
        {
            return Only is null && From is null && Until is null && Choice.Changes.Count is 0
                ? null
                : throw new UserException(ProblemCode.Usage, "--only, --from, --until and --set speak of a manifest's steps: name the manifest behind the cache.");
        }

        return new SelectionOptions(Only, From, Until).Of(Asked.Read(machine, new ManifestOptions(Choice, Manifest), machine.Cores).Steps);
    }
}
