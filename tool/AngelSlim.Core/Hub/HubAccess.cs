using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Web;

namespace AngelSlim.Core.Hub;

/// <summary>Where the hub is, and who asks.</summary>
/// <param name="Endpoint">The hub, or a mirror of it.</param>
/// <param name="Token">Of the user; only the endpoint ever gets it.</param>
/// <param name="Program">Name and version, for the hub's records.</param>
internal sealed record HubAccess(Uri Endpoint, HubToken Token, string Program)
{
    private const string PublicHub = "https://huggingface.co";

    /// <summary>As the variables of the hub's own tools say: <c>HF_ENDPOINT</c>, <c>HF_TOKEN</c>, <c>HF_TOKEN_PATH</c>.</summary>
    /// <param name="variable">Gives the value of an environment variable.</param>
    /// <param name="userFolder">The user's home.</param>
    /// <param name="version">The tool's.</param>
    /// <exception cref="UserException">The endpoint is no web address.</exception>
    public static HubAccess Of(Func<string, string?> variable, string userFolder, string version)
    {
        var written = variable("HF_ENDPOINT") is { Length: > 0 } set ? set : PublicHub;
        var isAddress = Uri.TryCreate(written.TrimEnd('/') + "/", UriKind.Absolute, out var endpoint) && endpoint.Scheme is "http" or "https" && endpoint is { UserInfo: "", Query: "", Fragment: "" };
        return isAddress
            ? new(endpoint!, HubToken.Of(variable, userFolder), $"angelslim/{version}")
            : throw new UserException(ProblemCode.Usage, $"HF_ENDPOINT is {Shown.Quoted(written)}; expected the address of a hub, such as {PublicHub}, or nothing.");
    }
}

/// <summary>The user's token for the hub.</summary>
/// <param name="source">Where it comes from: <c>HF_TOKEN</c>, or a file.</param>
/// <param name="read">Gives it; null when there is none.</param>
internal sealed class HubToken(string source, Func<string?> read) : Secret(source, "token", read, "Make one in your settings on the hub, or remove it.")
{
    /// <summary><c>HF_TOKEN</c>, else the file that the hub's own tools log in with: <c>HF_TOKEN_PATH</c>, else <c>token</c> in their folder.</summary>
    public static HubToken Of(Func<string, string?> variable, string userFolder)
    {
        if (variable("HF_TOKEN") is { } set && set.Trim().Length > 0)
        {
            return new("HF_TOKEN", () => set);
        }

        var path = variable("HF_TOKEN_PATH") is { Length: > 0 } named ? Surroundings.FromHome(named, userFolder) : Path.Combine(Surroundings.HubHome(variable, userFolder), "token");
        return new(path, () => File.Exists(path) ? File.ReadAllText(path) : null);
    }
}
