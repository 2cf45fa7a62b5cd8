using AngelSlim.Core.Stages;

namespace AngelSlim.Core.Running;

/// <summary>How a step ended.</summary>
internal enum StepOutcome
{
    /// <summary>Its result was in the store.</summary>
    Cached,

    /// <summary>It ran to its end.</summary>
    Made,

    /// <summary>The user stopped it; partial work is kept.</summary>
    Stopped,

    /// <summary>It failed; partial work is kept.</summary>
    Failed,

    /// <summary>It did not begin, because a step that it reads failed.</summary>
    Skipped,
}

/// <summary>Something that happened in a step. Observers get them one at a time, also when steps run in parallel.</summary>
/// <param name="StepId">Which step.</param>
/// <param name="At">When.</param>
/// <param name="Event">What.</param>
internal sealed record StepEvent(string StepId, DateTimeOffset At, RunEvent Event);

/// <summary>A step could begin, but for what the steps at work need.</summary>
/// <param name="Needs">What it needs itself.</param>
internal sealed record Queued(Needs Needs) : RunEvent;

/// <summary>Another process makes the same result; it is waited for.</summary>
/// <param name="Key">The result.</param>
/// <param name="Holder">Who; null when it has not said so yet.</param>
internal sealed record Waiting(Artifacts.StepKey Key, Holder? Holder) : RunEvent;

/// <summary>A stage begins to work.</summary>
/// <param name="Reason">Why it runs.</param>
internal sealed record Began(string Reason) : RunEvent;

/// <summary>A stage has failed; <see cref="Ended"/> follows.</summary>
/// <param name="Problem">One line for the user.</param>
/// <param name="Trace">Where in the program, if nobody expected it.</param>
internal sealed record Failed(string Problem, string? Trace) : RunEvent;

/// <summary>A step has given other bytes than an earlier time, from the same recipe, in files that equal runs have equal.</summary>
/// <param name="Was">Digest of those files at the earlier time.</param>
/// <param name="Now">Digest of those files now.</param>
/// <param name="Kept">Where the result lies that does not count; null when the earlier one is gone.</param>
internal sealed record Nondeterministic(string Was, string Now, string? Kept) : RunEvent;

/// <summary>A result of the store was made again beside it.</summary>
/// <param name="IsSame">Every file that equal runs have equal is equal.</param>
internal sealed record Verified(bool IsSame) : RunEvent;

/// <summary>A step is over.</summary>
/// <param name="Result">How.</param>
internal sealed record Ended(StepResult Result) : RunEvent;

/// <summary>What a run says about a step when it is over.</summary>
/// <param name="StepId">Which step.</param>
/// <param name="Stage">Its stage.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Seconds">How long this attempt took; 0 when nothing ran.</param>
internal sealed record StepResult(string StepId, string Stage, StepOutcome Outcome, double Seconds)
{
    /// <summary>The result's folder, if there is one.</summary>
    public string? Folder { get; init; }

    /// <summary>The result's content, if there is one.</summary>
    public string? Digest { get; init; }

    /// <summary>The folder of partial work that a failure or a stop has left, with its <c>log.ndjson</c>.</summary>
    public string? Work { get; init; }
}
