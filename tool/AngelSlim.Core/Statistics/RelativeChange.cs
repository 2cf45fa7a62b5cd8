namespace AngelSlim.Core.Statistics;

/// <summary>How a change is estimated.</summary>
internal sealed record Resampling
{
    /// <summary>Samples of prompts that are drawn; at least 99.</summary>
    public int Resamples { get; init; } = 9999;

    /// <summary>Of what is drawn.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>With which each of the two bounds holds, above 0.5 and below 1.</summary>
    public double Confidence { get; init; } = 0.95;
}

/// <summary>By how much a figure has changed from one measurement of some prompts to another of the same prompts.</summary>
/// <param name="Estimate">After over before, less 1.</param>
/// <param name="Lower">The change is above this with the confidence that was asked for.</param>
/// <param name="Upper">The change is below this with the same confidence.</param>
/// <param name="ProbabilityIfNotLower">How likely a drop like this one would be if there were none: the one-sided p.</param>
/// <remarks>
/// A studentised bootstrap of the logarithm of the two figures' quotient, in which prompts are drawn with both their
/// measurements (Davison and Hinkley, "Bootstrap methods and their application", 1997, sections 2.4 and 5.2). Rounds of one
/// prompt resemble each other, so the prompt is what is drawn; what makes prompts differ is in both measurements, and cancels.
/// </remarks>
internal sealed record RelativeChange(double Estimate, double Lower, double Upper, double ProbabilityIfNotLower)
{
    /// <summary>Nothing has changed in any prompt.</summary>
    public static RelativeChange None { get; } = new(0, 0, 0, 1);

    /// <summary>Estimates it.</summary>
    /// <param name="before">One measurement.</param>
    /// <param name="after">The other, of the same prompts in the same order.</param>
    /// <param name="how">How.</param>
    /// <returns>Null when one of the figures is 0 or no number: then there is no quotient.</returns>
    public static RelativeChange? Of(PromptRatio before, PromptRatio after, Resampling how)
    {
        if (before.Above.AsSpan().SequenceEqual(after.Above) && before.Below.AsSpan().SequenceEqual(after.Below))
        {
            return None;
        }

        var bootstrap = new PairedBootstrap(before, after);
        return before.Above.Length >= 2 && bootstrap.Whole() is { } whole
            ? Of(whole, bootstrap.Studentised(whole, how.Resamples, how.Seed), 1 - how.Confidence)
            : null;
    }

    private static RelativeChange Of(LogRatio whole, double[] studentised, double alpha)
    {
        Array.Sort(studentised);
        var count = studentised.Length;
        var tail = Math.Max(1, (int)Math.Floor(alpha * (count + 1)));
        double Change(double studentised) => Math.Exp(whole.Value - (studentised * whole.Error)) - 1;
        var below = Array.FindIndex(studentised, value => value > whole.Value / whole.Error) is var first and >= 0 ? first : count;
        return new(Change(0), Change(studentised[count - tail]), Change(studentised[tail - 1]), (1.0 + below) / (count + 1));
    }
}
