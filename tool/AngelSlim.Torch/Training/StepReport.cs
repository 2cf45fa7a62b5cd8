using AngelSlim.Torch.Objectives;

namespace AngelSlim.Torch.Training;

/// <summary>One optimiser step.</summary>
/// <param name="Step">From 1.</param>
/// <param name="Rows">Names of the rows.</param>
/// <param name="Tokens">Of all rows.</param>
/// <param name="Masked">Answered tokens.</param>
/// <param name="Loss">In nats, before the update.</param>
/// <param name="Figures">What the loss is made of.</param>
internal sealed record StepReport(int Step, IReadOnlyList<string> Rows, long Tokens, long Masked, double Loss, UnrollFigures Figures)
{
    /// <summary>What the weighted sum of the steps was divided by.</summary>
    public required double Divisor { get; init; }

    /// <summary>Before clipping.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>The learning rate of the update.</summary>
    public required double Rate { get; init; }
}
