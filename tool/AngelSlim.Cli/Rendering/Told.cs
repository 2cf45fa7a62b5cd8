using AngelSlim.Core.Running;
using AngelSlim.Core.Stages;

namespace AngelSlim.Cli.Rendering;

/// <summary>Events as sentences.</summary>
internal static class Told
{
    /// <summary>The line that an event is worth; null for what only moves a bar.</summary>
    public static string? Of(StepEvent happened) => happened.Event switch
    {
        Began began => $"{happened.StepId}: {began.Reason}",
        Said said => $"{happened.StepId}: {(said.Warning ? "warning: " : "")}{said.Text}",
        Waiting waiting => $"{happened.StepId}: {waiting.Key} is being made by {Holder.Name(waiting.Holder)}; waiting for it.",
        Queued => $"{happened.StepId}: waits until the machine has room for it",
        Nondeterministic { Kept: { } kept } => $"{happened.StepId}: warning: gave other bytes than an earlier time, from the same recipe; what does not count is kept in {kept}",
        Nondeterministic => $"{happened.StepId}: warning: gave other bytes than an earlier time, from the same recipe",
        Verified { IsSame: true } => $"{happened.StepId}: verified: it gave the same bytes again",
        Ended { Result.Outcome: StepOutcome.Skipped } => $"{happened.StepId}: skipped",
        Ended { Result: { Outcome: not StepOutcome.Cached } result } =>
            $"{happened.StepId}: {RunRecord.Word(result.Outcome)} in {Words.Of(TimeSpan.FromSeconds(result.Seconds))}",
        _ => null,
    };

    /// <summary>A text from outside on one line: what could move the cursor is shown as a question mark.</summary>
    public static string OnOneLine(string text) => text.AsSpan().IndexOfAnyInRange('\0', '\x1f') < 0 && !text.AsSpan().ContainsAnyInRange('\x7f', '\x9f')
        ? text
        : string.Concat(text.Select(letter => char.IsControl(letter) ? '?' : letter));
}
