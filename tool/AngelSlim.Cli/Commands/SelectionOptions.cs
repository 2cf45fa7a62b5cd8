using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Planning;
using Cocona;

namespace AngelSlim.Cli.Commands;

/// <summary>Which steps are run.</summary>
/// <param name="Only">Just these.</param>
/// <param name="From">These and what reads them.</param>
/// <param name="Until">These and what they read.</param>
/// <param name="Force">Made again.</param>
/// <param name="Frozen">None may run.</param>
internal sealed record SelectionOptions(
    [Option("only", ValueName = "step", Description = "Run just this step, or all steps of this stage; what it reads has to be in the store; repeatable")] string[]? Only = null,
    [Option("from", ValueName = "step", Description = "Run this step and what reads it, as far as it is not done; what it reads has to be in the store; repeatable")] string[]? From = null,
    [Option("until", ValueName = "step", Description = "Run this step and what it reads, and nothing else; with --from, the steps between; repeatable")] string[]? Until = null,
    [Option("force", ValueName = "step", Description = "Make this step again although its result is there. Other bytes replace the result, which is kept in quarantine; repeatable")] string[]? Force = null,
    [Option("frozen", Description = "Run nothing: if a step would run, say which, and exit with 9")] bool Frozen = false) : ICommandParameterSet
{
    /// <summary>The steps that may run, and those that they read.</summary>
    /// <exception cref="UserException">A name is not that of a step, or the options contradict each other.</exception>
    public Selection Of(IReadOnlyList<Step> steps)
    {
        var (only, from, until) = (StepNames.Find("--only", Only, steps), StepNames.Find("--from", From, steps), StepNames.Find("--until", Until, steps));
        if (only.Count > 0 && (from.Count > 0 || until.Count > 0))
        {
            throw new UserException(ProblemCode.Usage, "--only says which steps run; leave it out, or --from and --until.");
        }

        var selection = only.Count > 0 ? Selection.Only(steps, only) : Selection.Between(steps, from, until);
        return selection.Chosen.Count > 0
            ? Frozen ? selection with { Chosen = new HashSet<string>() } : selection
            : throw new UserException(ProblemCode.Usage, $"No step lies between --from {string.Join(", ", From!)} and --until {string.Join(", ", Until!)}.");
    }

    /// <summary>The steps that are made again.</summary>
    /// <exception cref="UserException">A name is not that of a step, or is not among those that may run.</exception>
    public IReadOnlySet<string> Forced(IReadOnlyList<Step> steps, Selection selection)
    {
        var forced = StepNames.Find("--force", Force, steps);
        return forced.IsSubsetOf(selection.Chosen)
            ? forced
            : throw new UserException(
                ProblemCode.Usage,
                $"--force {string.Join(", ", forced.Except(selection.Chosen))} is not among the steps that may run. {(Frozen ? "Leave out --frozen." : "Choose it with --only, --from or --until.")}");
    }
}

/// <summary>Steps by the names that users give them.</summary>
internal static class StepNames
{
    /// <summary>The ids that names mean: a step's own, or a stage's, which stands for all its steps.</summary>
    /// <param name="option">For errors.</param>
    /// <param name="names">As given; null for none.</param>
    /// <param name="steps">All there are.</param>
    /// <exception cref="UserException">A name is nobody's.</exception>
    public static HashSet<string> Find(string option, IReadOnlyList<string>? names, IReadOnlyList<Step> steps)
    {
        var problems = new List<Problem>();
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in names ?? [])
        {
            var meant = steps.Any(step => step.Id == name) ? [name] : steps.Where(step => step.Stage.Name == name).Select(step => step.Id).ToList();
            found.UnionWith(meant);
            if (meant.Count is 0)
            {
                problems.Add(new(ProblemCode.UnknownStep, Unknown(option, name, steps)));
            }
        }

        return problems.Count is 0 ? found : throw new UserException(problems);
    }

    private static string Unknown(string option, string name, IReadOnlyList<Step> steps)
    {
        var known = steps.Select(step => step.Id).Concat(steps.Select(step => step.Stage.Name)).Distinct().ToList();
        return $"{option}: there is no step '{name}'{Suggestion.For(name, known)}. There are {string.Join(", ", steps.Select(step => step.Id))}.";
    }
}
