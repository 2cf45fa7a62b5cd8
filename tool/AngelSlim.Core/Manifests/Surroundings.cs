namespace AngelSlim.Core.Manifests;

/// <summary>Where on this machine things lie that a manifest names without a path. Made once, by the program.</summary>
/// <param name="HubCache">The local cache of the Hugging Face hub; need not exist.</param>
/// <param name="BuiltinFolder">One folder for each built-in target; need not exist.</param>
internal sealed record Surroundings(string HubCache, string BuiltinFolder)
{
    /// <summary>The rows of <c>--smoke</c>; need not exist.</summary>
    public string SmokeFolder => Path.Combine(Path.GetDirectoryName(BuiltinFolder)!, "smoke");

    /// <summary>The built-in target whose tokenizer and chat template a random target takes.</summary>
    public string RandomTokenizer => Path.Combine(BuiltinFolder, "tiny-text");

    /// <summary>What forbids to download: <c>--offline</c>, or the name of a variable; null when nothing does.</summary>
    public string? OfflineBy { get; init; }

    /// <summary>The hub cache where the hub's own tools put it: <c>HF_HUB_CACHE</c>, else <c>HUGGINGFACE_HUB_CACHE</c>, else <c>hub</c> in <see cref="HubHome"/>.</summary>
    /// <param name="variable">Gives the value of an environment variable.</param>
    /// <param name="userFolder">The user's home.</param>
    /// <param name="programFolder">Where the program and what comes with it lie.</param>
    public static Surroundings Of(Func<string, string?> variable, string userFolder, string programFolder)
    {
        var hub = First(variable, "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE") is { } cache ? FromHome(cache, userFolder) : Path.Combine(HubHome(variable, userFolder), "hub");
        string[] switches = ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"];
        return new(hub, Path.Combine(programFolder, "builtin"))
        {
            OfflineBy = switches.FirstOrDefault(name => variable(name)?.ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE"),
        };
    }

    /// <summary>The folder of the hub's own tools: <c>HF_HOME</c>, else <c>huggingface</c> in <c>XDG_CACHE_HOME</c>, else in <c>~/.cache</c>.</summary>
    /// <param name="variable">Gives the value of an environment variable.</param>
    /// <param name="userFolder">The user's home.</param>
    public static string HubHome(Func<string, string?> variable, string userFolder) =>
        First(variable, "HF_HOME") is { } home ? FromHome(home, userFolder)
        : Path.Combine(First(variable, "XDG_CACHE_HOME") is { } caches ? FromHome(caches, userFolder) : Path.Combine(userFolder, ".cache"), "huggingface");

    /// <summary>A path of a variable, in which the shell has not replaced a leading <c>~</c>.</summary>
    internal static string FromHome(string path, string userFolder) => path is "~" ? userFolder : path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(userFolder, path[2..]) : path;

    private static string? First(Func<string, string?> variable, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (variable(name) is { Length: > 0 } value)
            {
                return value;
            }
        }

        return null;
    }
}
