using AngelSlim.Core.Artifacts;

namespace AngelSlim.Core.Sharing;

/// <summary>What a cache has under a key, by names and sizes; no file but the listing is read.</summary>
/// <param name="Key">The key.</param>
/// <param name="Files">Sizes by name below the key; what a push has sent that did not end may be all there is.</param>
internal sealed record CachedResult(StepKey Key, IReadOnlyDictionary<string, long> Files)
{
    /// <summary>The text of its listing; null when there is none, or none that can be read.</summary>
    public string? Text { get; init; }

    /// <summary>What the listing says.</summary>
    public StoredArtifact? Artifact { get; init; }

    /// <summary>Why it cannot be taken, although a listing is there.</summary>
    public string? Fault { get; init; }

    /// <summary>Every file of it is there, in its size.</summary>
    public bool IsWhole => Artifact is not null && Fault is null;

    /// <summary>Something counts as sent.</summary>
    public bool HasListing => Files.ContainsKey(CacheNames.Listing);

    /// <summary>Bytes of all that lies there.</summary>
    public long Bytes => Files.Values.Sum();

    /// <summary>The log that was sent with it; null when there is none.</summary>
    public Digest? Log => Files.Keys.Select(name => CacheNames.DigestIn(CacheNames.Logs, name)).Where(digest => digest is not null).OrderBy(digest => digest!.Hex, StringComparer.Ordinal).FirstOrDefault();

    /// <summary>The first thing that a listing names and that is not there, or not in its size; null when there is none.</summary>
    public string? Missing(ArtifactListing listing)
    {
        if (!Files.ContainsKey(CacheNames.Recipe))
        {
            return $"{CacheNames.Recipe} is not there";
        }

        foreach (var file in listing.Files)
        {
            if (!Files.TryGetValue(CacheNames.Files + file.Sha256.Hex, out var size))
            {
                return $"{CacheNames.Files}{file.Sha256.Hex}, the bytes of {file.Path}, is not there";
            }

            if (size != file.Size)
            {
                return $"{CacheNames.Files}{file.Sha256.Hex}, the bytes of {file.Path}, has {size} bytes instead of {file.Size}";
            }
        }

        return null;
    }
}

/// <summary>Looks into a cache.</summary>
internal sealed class CachedResults(ICache cache)
{
    private const int LongestListing = 64 << 20;
    private readonly Download _download = new(cache);

    /// <summary>What is there under a key; empty when nothing is.</summary>
    public CachedResult Find(StepKey key, CancellationToken cancellation) => Judge(new(key, Grouped(cache.List(key, cancellation)).GetValueOrDefault(key) ?? []), cancellation);

    /// <summary>What is there under any key, in their order; only names and sizes.</summary>
    public IReadOnlyList<CachedResult> All(CancellationToken cancellation) =>
        [.. Grouped(cache.List(key: null, cancellation)).Select(found => new CachedResult(found.Key, found.Value)).OrderBy(found => found.Key.RelativePath, StringComparer.Ordinal)];

    /// <summary>Reads the listing of what was found by its names, and judges whether all of it is there.</summary>
    public CachedResult Judge(CachedResult found, CancellationToken cancellation)
    {
        if (!found.HasListing)
        {
            return found;
        }

        var text = _download.Text(CacheNames.Of(found.Key, CacheNames.Listing), LongestListing, cancellation);
        try
        {
            var artifact = StoredArtifact.Parse(text, found.Key, cache.Locate(CacheNames.Of(found.Key, CacheNames.Files)));
            return found with { Text = text, Artifact = artifact, Fault = Contradiction(artifact.Listing) ?? found.Missing(artifact.Listing) };
        }
        catch (FormatException failure)
        {
            return found with { Fault = CacheFault.OnOneLine(failure.Message) };
        }
    }

    /// <summary>What no folder can hold.</summary>
    private static string? Contradiction(ArtifactListing listing)
    {
        var paths = new HashSet<string>(StringComparer.Ordinal);
        if (listing.Files.FirstOrDefault(file => file.Size < 0 || !paths.Add(file.Path)) is { } wrong)
        {
            return $"its listing has {wrong.Path} twice, or with less than no bytes";
        }

        return listing.Files.FirstOrDefault(file => Above(file.Path).Any(paths.Contains)) is { } inner ? $"its listing has a file where {inner.Path} needs a folder" : null;
    }

    private static IEnumerable<string> Above(string path)
    {
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            yield return path[..slash];
        }
    }

    private static Dictionary<StepKey, Dictionary<string, long>> Grouped(IEnumerable<CachedFile> files)
    {
        var grouped = new Dictionary<StepKey, Dictionary<string, long>>();
        foreach (var file in files)
        {
            if (CacheNames.Parse(file.Name) is var (key, name))
            {
                grouped.TryAdd(key, new(StringComparer.Ordinal));
                grouped[key][name] = file.Size;
            }
        }

        return grouped;
    }
}
