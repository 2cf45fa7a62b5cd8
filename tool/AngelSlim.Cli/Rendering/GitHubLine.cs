using AngelSlim.Core.Manifests;

namespace AngelSlim.Cli.Rendering;

/// <summary>A problem as GitHub's workflows show it beside the code: <c>::error file=…,title=…::message</c>.</summary>
internal static class GitHubLine
{
    /// <summary>One line.</summary>
    public static string Of(Problem problem)
    {
        var place = problem.Place is { } where ? $"file={Property(where.File)},line={Math.Max(1, where.Line)}," : "";
        return $"::{(problem.Severity is Severity.Error ? "error" : "warning")} {place}title={Property($"angelslim {problem.Code}")}::{Data(problem.Message)}";
    }

    private static string Data(string text) => text.Replace("%", "%25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) => Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}
