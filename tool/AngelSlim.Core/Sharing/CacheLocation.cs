using System.Runtime.CompilerServices;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Sharing;

/// <summary>Opens the cache that a user names.</summary>
internal static class CacheLocation
{
    /// <summary>Opens it.</summary>
    /// <param name="place">A folder, or <c>s3://bucket/prefix</c>.</param>
    /// <param name="endpoint">Of the server, as the command line has it; null for none.</param>
    /// <param name="surrounding">As the environment has it; null for none.</param>
    /// <param name="clock">Tells the time.</param>
    /// <exception cref="UserException">It is none.</exception>
    public static ICache Open(string place, string? endpoint, string? surrounding, TimeProvider clock)
    {
        if (S3Place.IsMeant(place))
        {
            return OpenBucket(S3Place.Parse(place, endpoint ?? surrounding));
        }

        if (endpoint is not null || place.Contains("://", StringComparison.Ordinal) || place.Length is 0)
        {
            throw new UserException(ProblemCode.Usage, $"A cache is a folder, or s3://bucket/prefix on a server; only the latter has an --endpoint. Correct '{CacheFault.OnOneLine(Shown(place))}'.");
        }

        return new FolderCache(Path.GetFullPath(place), clock);
    }

    /// <summary>A folder that is only read has to be there; for one that is sent to, the folder above it: a disk that is not mounted is not filled instead.</summary>
    /// <exception cref="UserException">It is not there.</exception>
    public static void Expect(ICache cache, bool toBeMade)
    {
        var place = toBeMade ? Path.GetDirectoryName(cache.Place) ?? cache.Place : cache.Place;
        if (cache is FolderCache && !Directory.Exists(place))
        {
            throw new UserException(ProblemCode.MissingFile, $"There is no folder {place}. Correct the path of the cache, or mount its disk{(toBeMade ? "; only the last folder is made" : "")}.");
        }

        if (cache is FolderCache && toBeMade)
        {
            Durable.CreateFolder(cache.Place);
        }
    }

    /// <summary>In a method of its own, so that nothing of the SDK is loaded for a folder.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static S3Cache OpenBucket(S3Place place) => new(place, new());

    /// <summary>What stands before an at sign may be a secret.</summary>
    private static string Shown(string place) => place.Contains('@', StringComparison.Ordinal) ? "…" + place[place.LastIndexOf('@')..] : place;
}
