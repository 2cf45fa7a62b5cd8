using AngelSlim.Core.Artifacts;

namespace AngelSlim.Core.Sharing;

/// <summary>What files are called in a cache.</summary>
/// <remarks>
/// Files of a result are named by what they hold, so that two machines that send the same key at once never mix their
/// bytes: whose listing comes last has all its files there.
/// </remarks>
internal static class CacheNames
{
    /// <summary>The last file that is sent, without which nothing counts; its bytes are those of the store's.</summary>
    public const string Listing = ArtifactStore.ListingFile;

    /// <summary>The text behind the key.</summary>
    public const string Recipe = ArtifactStore.RecipeFile;

    /// <summary>Where files of results lie.</summary>
    public const string Files = "files/";

    /// <summary>Where logs lie.</summary>
    public const string Logs = "log/";

    /// <summary>The full name of a key's file.</summary>
    public static string Of(StepKey key, string name) => $"{key.Stage}/{key.Recipe.Hex}/{name}";

    /// <summary>The key to which a file belongs, and its name below it; null for what nobody here would have put there.</summary>
    public static (StepKey Key, string Name)? Parse(string name)
    {
        if (name.Split('/', 3) is not [{ Length: > 0 } stage, var hex, var rest] || !stage.All(char.IsAsciiLetterLower) || !Digest.IsDigest(hex))
        {
            return null;
        }

        var isOurs = rest is Listing or Recipe || DigestIn(Files, rest) is not null || DigestIn(Logs, rest) is not null;
        return isOurs ? (new(stage, Digest.Parse(hex)), rest) : null;
    }

    /// <summary>The digest that a name below a key carries; null when it is not of that kind.</summary>
    /// <param name="kind"><see cref="Files"/> or <see cref="Logs"/>.</param>
    /// <param name="name">Below the key.</param>
    public static Digest? DigestIn(string kind, string name) =>
        name.StartsWith(kind, StringComparison.Ordinal) && Digest.IsDigest(name[kind.Length..]) ? Digest.Parse(name[kind.Length..]) : null;
}
