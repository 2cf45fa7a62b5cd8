using AngelSlim.Core.Artifacts;

namespace AngelSlim.Core.Running;

/// <summary>A step that failed.</summary>
/// <param name="StepId">Which; null when the run itself could not go on.</param>
/// <param name="Cause">A problem with a code, a refusal of the system, or a <see cref="StageFault"/>.</param>
internal sealed record StepFailure(string? StepId, Exception Cause);

/// <summary>What a run came to.</summary>
/// <param name="Made">The results that there are, by step.</param>
/// <param name="Failures">In the order in which they happened.</param>
/// <param name="IsStopped">The user stopped it before everything was there.</param>
internal sealed record RunEnd(IReadOnlyDictionary<string, StoredArtifact> Made, IReadOnlyList<StepFailure> Failures, bool IsStopped);

/// <summary>A stage ended with an exception that nobody expected: a bug. Where in the program is in the step's log.</summary>
/// <param name="stepId">Which step.</param>
/// <param name="log">Its log; null when it did not get that far.</param>
/// <param name="cause">What was thrown.</param>
internal sealed class StageFault(string stepId, string? log, Exception cause)
    : Exception($"{stepId} ended with {cause.GetType().Name}: {cause.Message.Split('\n')[0]} {(log is null ? $"\n{cause}" : $"The stack trace is in {log}.")}", cause);
