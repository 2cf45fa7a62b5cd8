using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Manifests.Settings;

namespace AngelSlim.Core.Manifests;

/// <summary>What the settings of <c>regenerate</c> may not say together.</summary>
internal static class RegenerationChecks
{
    private static readonly string[] OfServers = ["servers", "model", "concurrency", "retries", "timeoutSeconds"];

    /// <summary>Looks at everything that can be decided without a server.</summary>
    /// <param name="asked">Null where nothing is written anew.</param>
    /// <param name="checks">Takes what is wrong.</param>
    public static void Check(RegenerationSettings? asked, CheckList checks)
    {
        if (asked is null || !checks.AreSound("regenerate.engine"))
        {
            return;
        }

        ExperimentChecks.Temperature("regenerate.temperature", asked.Temperature, checks);
        if (asked.Engine is AnswerEngine.Openai)
        {
            Servers(asked, checks);
            return;
        }

        foreach (var name in OfServers.Where(name => checks.IsGiven($"regenerate.{name}")))
        {
            checks.Wrong(ProblemCode.Contradiction, $"regenerate.{name}", $"'regenerate.{name}' is for servers, and 'regenerate.engine' is 'builtin'; set 'engine' to 'openai', or remove '{name}'.");
        }
    }

    private static void Servers(RegenerationSettings asked, CheckList checks)
    {
        if (checks.IsGiven("regenerate.promptsAtOnce"))
        {
            checks.Odd("regenerate.promptsAtOnce", "'regenerate.promptsAtOnce' is not used, because 'regenerate.engine' is 'openai': servers batch by themselves, and 'concurrency' says how many rows each has at once.");
        }

        if (!checks.AreSound("regenerate.servers"))
        {
            return;
        }

        if (asked.Servers.Count is 0)
        {
            checks.Wrong(ProblemCode.MissingMember, "regenerate.servers", "'regenerate.engine' is 'openai', and 'regenerate.servers' names no server; expected a list such as [\"http://localhost:8000/v1\"].");
        }

        foreach (var (place, server) in asked.Servers.Index().Where(server => !IsAddress(server.Item)))
        {
            checks.Wrong(ProblemCode.OutOfRange, "regenerate.servers", place, $"'regenerate.servers[{place}]' is {Shown.Quoted(server)}; expected the address of a server, such as http://localhost:8000/v1, without user, query and fragment. A key comes from the variable OPENAI_API_KEY.");
        }
    }

    private static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address is { UserInfo: "", Query: "", Fragment: "" };
}
