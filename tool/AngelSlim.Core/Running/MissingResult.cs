using AngelSlim.Core.Manifests;
using AngelSlim.Core.Planning;

namespace AngelSlim.Core.Running;

/// <summary>Results that are not in the store, of steps that may not run.</summary>
internal static class MissingResult
{
    /// <summary>Looks whether everything is there that is not to be made; what it cannot know yet, the run will find.</summary>
    /// <exception cref="DataException">Something is not.</exception>
    public static void Check(Selection selection, Planner planner)
    {
        if (selection.Steps.All(step => selection.Chosen.Contains(step.Id)))
        {
            return;
        }

        var missing = planner.Make(selection.Steps).Steps.Where(step => step.State is StepState.Run && !selection.Chosen.Contains(step.Step.Id)).ToList();
        if (missing.Count > 0)
        {
            throw Of(missing);
        }
    }

    /// <summary>Looks whether everything is there.</summary>
    /// <exception cref="DataException">A step would run, or may have to.</exception>
    public static void CheckFrozen(Selection selection, Planner planner)
    {
        var missing = planner.Make(selection.Steps).Steps.Where(step => step.State is not StepState.Have).ToList();
        if (missing.Count > 0)
        {
            throw new DataException(
                ProblemCode.WouldRun,
                $"Nothing may run (--frozen), and these steps would: {string.Join("; ", missing.Select(step => $"{step.Step.Id} ({(step.State is StepState.Waits ? "waits " : "")}{step.Reason})"))}. "
                    + "Run without --frozen, or put back what the results were made of.");
        }
    }

    /// <summary>As a problem.</summary>
    public static DataException Of(IReadOnlyList<PlannedStep> missing) => new(
        ProblemCode.MissingResult,
        $"What these steps make is needed and not in the store, and they were not chosen to run: {string.Join("; ", missing.Select(step => $"{step.Step.Id} ({step.Reason})"))}. "
            + "Make it first (--until), or choose more (leave out --only and --from).");
}
