namespace AngelSlim.Core.Manifests;

/// <summary>Where on this machine things lie that a manifest names without a path. Made once, by the program.</summary>
/// <param name="HubCache">The local cache of the Hugging Face hub; need not exist.</param>
/// <param name="BuiltinFolder">One folder for each built-in target; need not exist.</param>
internal sealed record Surroundings(string HubCache, string BuiltinFolder)
{
    /// <summary>The hub cache where the hub's own tools put it: <c>HF_HUB_CACHE</c>, else <c>HF_HOME/hub</c>, else <c>~/.cache/huggingface/hub</c>.</summary>
    /// <param name="variable">Gives the value of an environment variable.</param>
    /// <param name="userFolder">The user's home.</param>
    /// <param name="programFolder">Where the program and what comes with it lie.</param>
    public static Surroundings Of(Func<string, string?> variable, string userFolder, string programFolder)
    {
        var home = variable("HF_HOME") is { Length: > 0 } set ? set : Path.Combine(userFolder, ".cache", "huggingface");
        var hub = variable("HF_HUB_CACHE") is { Length: > 0 } cache ? cache : Path.Combine(home, "hub");
        return new(hub, Path.Combine(programFolder, "builtin"));
    }
}
