using AngelSlim.Core.Manifests;
using AngelSlim.Core.Running;

namespace AngelSlim.Cli;

/// <summary>What the tool's exit codes mean. Scripts rely on them: a code never changes its meaning.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Bug = 1;
    public const int Usage = 2;
    public const int StageFailed = 3;
    public const int ExpectationMissed = 4;
    public const int Undecided = 5;
    public const int Busy = 7;
    public const int Environment = 8;
    public const int WorkFound = 9;
    public const int Resumable = 75;
    public const int Interrupted = 130;
    public const int Terminated = 143;

    /// <summary>The code for what ended a command early.</summary>
    public static int Of(Exception failure) => failure switch
    {
        UserException => Usage,
        DataException data => Of(data.Problem.Code),
        OperationCanceledException => Resumable,
        IOException or UnauthorizedAccessException => Environment,
        _ => Bug,
    };

    /// <summary>The code for steps that failed: theirs if they have one in common, else that of a bug if there is one.</summary>
    public static int Of(IReadOnlyList<StepFailure> failures)
    {
        var codes = failures.Select(failure => Of(failure.Cause)).Distinct().ToList();
        return codes.Count is 1 ? codes[0] : codes.Contains(Bug) ? Bug : StageFailed;
    }

    private static int Of(string code) => code switch
    {
        ProblemCode.ExpectationMissed or ProblemCode.Regressed => ExpectationMissed,
        ProblemCode.NoBaseline or ProblemCode.Undecided or ProblemCode.Incomparable => Undecided,
        ProblemCode.StoreBusy => Busy,
        ProblemCode.WouldRun => WorkFound,
        _ when code.StartsWith("ASL3", StringComparison.Ordinal) => Environment,
        _ when code.StartsWith("ASL0", StringComparison.Ordinal) => Usage,
        _ => StageFailed,
    };
}
