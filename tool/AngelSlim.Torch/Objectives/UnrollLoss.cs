using static TorchSharp.torch;

namespace AngelSlim.Torch.Objectives;

/// <summary>The loss of one unroll.</summary>
/// <param name="Sum">A scalar in nats: Σ_k decay^k sum_k, not divided. Differentiable in the draft's states and head.</param>
/// <param name="Figures">What it is made of.</param>
internal sealed record UnrollLoss(Tensor Sum, UnrollFigures Figures);

/// <summary>Sums and counts of unrolls, step by step. Those of several batches add up.</summary>
/// <param name="Steps">One per unroll step.</param>
internal sealed record UnrollFigures(IReadOnlyList<StepFigures> Steps)
{
    /// <summary>
    /// How many tokens a round with one drafted token per unroll step would give, the target's own included: 1 + Σ_k of
    /// the share of rounds whose first k+1 drafted tokens are all the target's first choice.
    /// </summary>
    /// <remarks>
    /// A round starts at every row that the gate opens at step 0, and what is drafted past the answer's end is refused.
    /// The draft reads the text instead of its own tokens, which is the same for as long as it is right; the text is the
    /// target's own only if it is regenerated, so on other texts this is an estimate.
    /// </remarks>
    public double AcceptanceLength => 1 + (Steps.Sum(step => (double)step.PrefixCorrect) / Math.Max(1, Steps[0].Gated));

    /// <summary>No batch yet.</summary>
    public static UnrollFigures None(int unroll) => new([.. Enumerable.Repeat(default(StepFigures), unroll)]);

    /// <summary>Σ_k decay^k sum_k, not divided.</summary>
    public double Weighted(double decay) => Steps.Select((step, k) => Math.Pow(decay, k) * step.Sum).Sum();

    /// <summary>Both.</summary>
    public static UnrollFigures operator +(UnrollFigures one, UnrollFigures other) => new([.. one.Steps.Zip(other.Steps, (a, b) => a + b)]);
}

/// <summary>One unroll step.</summary>
/// <param name="Sum">The loss summed over the counted rows, in nats.</param>
/// <param name="Gated">Rows that the gate opens.</param>
/// <param name="Counted">Of these, rows where the target's first choice is a draft word.</param>
/// <param name="Correct">Of these, rows where the draft's first choice is the same.</param>
/// <param name="PrefixCorrect">Of these, rows that were correct at every earlier step too.</param>
internal readonly record struct StepFigures(double Sum, long Gated, long Counted, long Correct, long PrefixCorrect)
{
    /// <summary>Correct rows of those that the gate opens; a target outside the draft's words counts as wrong.</summary>
    public double Accuracy => (double)Correct / Math.Max(1, Gated);

    /// <summary>Both.</summary>
    public static StepFigures operator +(StepFigures one, StepFigures other) => new(
        one.Sum + other.Sum, one.Gated + other.Gated, one.Counted + other.Counted, one.Correct + other.Correct, one.PrefixCorrect + other.PrefixCorrect);
}
