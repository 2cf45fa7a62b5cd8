using AngelSlim.Cli.Documents;
using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Baselines;
using AngelSlim.Core.Statistics;

namespace AngelSlim.Cli.Commands;

/// <summary>Compares two measurements and tells everybody who wants to know.</summary>
/// <param name="machine">Where.</param>
/// <param name="options">How, and who.</param>
/// <param name="json">A document instead of a table.</param>
internal sealed class Judging(Machine machine, JudgingOptions options, bool json)
{
    /// <summary>Does it.</summary>
    /// <param name="before">The measure.</param>
    /// <param name="after">What is measured by it.</param>
    /// <returns>The exit code.</returns>
    public int Execute(Measurement before, Measurement after)
    {
        var comparison = Comparison.Of(before, after, options.Settings(before.Estimator ?? after.Estimator));
        var text = new ComparisonText(comparison, before.Name, after.Name);
        var problems = text.Problems().ToList();
        machine.Output.WriteLine(json ? ComparisonDocument.Of(comparison, before.Name, after.Name).ToJson() : text.ToString());
        foreach (var problem in problems)
        {
            machine.Talk.WriteLine(options.Github || machine.OnGitHub ? GitHubLine.Of(problem) : problem.ToString());
        }

        if (options.Junit is { } junit)
        {
            JUnitFile.Write(junit, comparison, problems);
        }

        if (options.Sarif is { } sarif)
        {
            SarifFile.Write(sarif, machine.Version, problems);
        }

        return comparison.Judgement switch
        {
            Judgement.Pass => ExitCode.Done,
            Judgement.Regression => ExitCode.ExpectationMissed,
            _ => ExitCode.Undecided,
        };
    }
}
