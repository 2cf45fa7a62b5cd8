using AngelSlim.Core.Web;

namespace AngelSlim.Core.Stages.Regeneration;

/// <summary>What it takes to ask servers, beside their addresses.</summary>
/// <param name="Key">Of the user; goes to the servers that the manifest names, and nowhere else.</param>
/// <param name="Program">Name and version, for the servers' records.</param>
/// <param name="Clock">Pauses are measured by it.</param>
internal sealed record AnswerAccess(Secret Key, string Program, TimeProvider Clock)
{
    /// <summary>As clients of OpenAI do: the key in <c>OPENAI_API_KEY</c>.</summary>
    /// <param name="variable">Gives the value of an environment variable.</param>
    /// <param name="version">The tool's.</param>
    /// <param name="clock">Tells the time.</param>
    public static AnswerAccess Of(Func<string, string?> variable, string version, TimeProvider clock)
    {
        const string name = "OPENAI_API_KEY";
        return new(new Secret(name, "key", () => variable(name), "Set it to the key that the servers take, or remove it."), $"angelslim/{version}", clock);
    }
}
