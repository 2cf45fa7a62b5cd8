using AngelSlim.Core.Running;

namespace AngelSlim.Cli.Rendering;

/// <summary>Runs as rows.</summary>
internal static class RunTable
{
    /// <summary>A row for each.</summary>
    /// <param name="runs">In this order.</param>
    /// <param name="now">For those that go on.</param>
    public static string Of(IReadOnlyList<PastRun> runs, DateTimeOffset now)
    {
        var table = new Table("run", "name", "started", "took", "ended as", "steps");
        foreach (var run in runs)
        {
            table.Add($"{run.Id}", run.Name, Words.OfTime(run.Started), Took(run, now), Word(run.State), Steps(run));
        }

        return table.ToString();
    }

    /// <summary>As it is written.</summary>
    public static string Word(RunState state) => state.ToString().ToLowerInvariant();

    private static string Took(PastRun run, DateTimeOffset now) => (run.State, run.Ended) switch
    {
        (RunState.Running, _) => Words.Of(now - run.Started),
        (_, { } ended) => Words.Of(ended - run.Started),
        _ => "",
    };

    private static string Steps(PastRun run) => $"{run.Made} made, {run.Cached} cached{(run.Failed > 0 ? $", {run.Failed} failed" : "")}";
}
