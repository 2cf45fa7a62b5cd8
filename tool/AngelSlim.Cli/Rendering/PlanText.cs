using AngelSlim.Core.Hub;
using AngelSlim.Core.Planning;

namespace AngelSlim.Cli.Rendering;

/// <summary>A plan for people.</summary>
internal static class PlanText
{
    private const int NamesShown = 4;

    /// <summary>A table of the steps, and what is still to be done.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="free">Bytes that are free where the store lies.</param>
    /// <param name="models">That a run fetches first.</param>
    public static string Of(Plan plan, long free, IReadOnlyList<Outstanding> models)
    {
        var hasHistory = plan.Steps.Any(step => step.Expected is not null);
        var table = hasHistory ? new Table("step", "plan", "time", "size", "why") : new Table("step", "plan", "why");
        foreach (var step in plan.Steps)
        {
            string[] costs = !hasHistory ? [] : step.Expected is { } expected ? [About(expected.Seconds), $"about {Words.OfBytes(expected.Bytes)}"] : ["", ""];
            table.Add([step.Step.Id, Word(step.State), .. costs, step.Reason]);
        }

        IEnumerable<string> lines =
        [
            table.ToString(),
            $"{plan.Count(StepState.Have)} have, {plan.Count(StepState.Run)} run, {plan.Count(StepState.Waits)} wait",
            .. hasHistory ? Costs(plan, free) : [],
            .. models.Select(Words.Of),
        ];
        return string.Join('\n', lines);
    }

    /// <summary>A state as people and programs read it.</summary>
    public static string Word(StepState state) => state.ToString().ToLowerInvariant();

    private static IEnumerable<string> Costs(Plan plan, long free)
    {
        yield return $"still to do: {About(plan.ExpectedSeconds)}, one step after the other, and about {Words.OfBytes(plan.ExpectedBytes)}; {Words.OfBytes(free)} are free";
        if (plan.Unknown.Count > 0)
        {
            yield return $"and nothing like it was made before: {Names([.. plan.Unknown.Select(step => step.Step.Id)])}";
        }

        if (plan.ExpectedBytes > free)
        {
            yield return "warning: that is more than is free; make room, or take another store with --store";
        }
    }

    private static string About(double seconds) => $"about {Words.Of(TimeSpan.FromSeconds(seconds))}";

    private static string Names(List<string> names) => names.Count > NamesShown
        ? $"{string.Join(", ", names.Take(NamesShown - 1))} and {names.Count - NamesShown + 1} more"
        : string.Join(", ", names);
}
