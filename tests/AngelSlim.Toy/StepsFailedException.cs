using System.Runtime.ExceptionServices;
using AngelSlim.Core.Running;

namespace AngelSlim.Toy;

/// <summary>Several steps of one run failed.</summary>
internal sealed class StepsFailedException(IReadOnlyList<StepFailure> failures)
    : Exception(string.Join('\n', failures.Select(failure => failure.Cause.Message)))
{
    /// <summary>In the order in which they happened.</summary>
    public IReadOnlyList<StepFailure> Failures => failures;

    /// <summary>Nothing, if everything that was asked for is there; of a single failure its own exception.</summary>
    public static void ThrowUnlessWhole(RunEnd end)
    {
        if (end.Failures.Count > 1)
        {
            throw new StepsFailedException(end.Failures);
        }

        if (end.Failures.Count is 1)
        {
            ExceptionDispatchInfo.Throw(end.Failures[0].Cause);
        }

        if (end.IsStopped)
        {
            throw new OperationCanceledException("The run was stopped.");
        }
    }
}
