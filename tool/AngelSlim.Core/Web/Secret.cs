using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Web;

/// <summary>What a server knows the user by. Is read when it is sent, and never shown.</summary>
/// <param name="source">Where it comes from, for messages: a variable, or a file.</param>
/// <param name="kind">What it is called: token, key.</param>
/// <param name="read">Gives it; null when there is none.</param>
/// <param name="fix">What to do when it cannot be one.</param>
internal class Secret(string source, string kind, Func<string?> read, string fix)
{
    private readonly Lazy<string?> _value = new(() => read()?.Trim() switch
    {
        null or "" => null,
        var secret when secret.All(letter => letter is > ' ' and <= '~') => secret,
        _ => throw new UserException(ProblemCode.Usage, $"What is in {source} is no {kind}: it has spaces, line breaks or letters beyond ASCII. {fix}"),
    });

    /// <summary>The secret; null when the user has none.</summary>
    /// <exception cref="UserException">What is there cannot be one.</exception>
    public string? Value => _value.Value;

    /// <summary>Where it comes from.</summary>
    public override string ToString() => source;
}
