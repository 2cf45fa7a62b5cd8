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
}

/// <summary>Something that happened in a step.</summary>
/// <param name="StepId">Which step.</param>
/// <param name="At">When.</param>
/// <param name="Event">What.</param>
internal sealed record StepEvent(string StepId, DateTimeOffset At, RunEvent Event);

/// <summary>A stage begins to work.</summary>
/// <param name="Reason">Why it runs.</param>
internal sealed record Began(string Reason) : RunEvent;

/// <summary>A step is over.</summary>
/// <param name="Result">How.</param>
internal sealed record Ended(StepResult Result) : RunEvent;

/// <summary>What a run says about a step when it is over.</summary>
/// <param name="StepId">Which step.</param>
/// <param name="Stage">Its stage.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Seconds">How long this attempt took; 0 when cached.</param>
internal sealed record StepResult(string StepId, string Stage, StepOutcome Outcome, double Seconds)
{
    /// <summary>The result's folder, if there is one.</summary>
    public string? Folder { get; init; }

    /// <summary>The result's content, if there is one.</summary>
    public string? Digest { get; init; }
}
