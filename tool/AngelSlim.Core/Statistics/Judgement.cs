namespace AngelSlim.Core.Statistics;

/// <summary>What a comparison of two measurements comes to.</summary>
internal enum Judgement
{
    /// <summary>Not lower, or lower by less than the margin.</summary>
    Pass,

    /// <summary>Lower.</summary>
    Regression,

    /// <summary>Neither can be said with the confidence that was asked for; more prompts would tell.</summary>
    Inconclusive,

    /// <summary>The two are not measurements of one thing.</summary>
    Incomparable,
}

/// <summary>What is asked of a change.</summary>
/// <param name="Margin">A drop up to this share is no harm: 0.02 for 2 %.</param>
/// <param name="Confidence">With which each of the two answers is given.</param>
internal sealed record Bar(double Margin, double Confidence)
{
    /// <summary>Below so many prompts a figure is judged only when no prompt has changed: their spread is not known well enough.</summary>
    public const int LeastPrompts = 10;

    /// <summary>Judges one figure.</summary>
    /// <param name="change">By how much it has changed; null when there is no quotient.</param>
    /// <param name="adjusted">Its <see cref="RelativeChange.ProbabilityIfNotLower"/>, adjusted for the figures that are judged with it.</param>
    /// <param name="prompts">How many it is of.</param>
    /// <remarks>That a drop is within the margin is said before that there is a drop: a drop that does no harm is none to stop for.</remarks>
    public Judgement Judge(RelativeChange? change, double adjusted, int prompts)
    {
        if (change is null || (prompts < LeastPrompts && change != RelativeChange.None))
        {
            return Judgement.Inconclusive;
        }

        return change.Lower >= -Margin ? Judgement.Pass
            : adjusted <= 1 - Confidence ? Judgement.Regression
            : Judgement.Inconclusive;
    }
}

/// <summary>Adjusts probabilities of figures that are judged together, so that one false alarm among all of them is as rare as in one.</summary>
/// <remarks>Holm, "A simple sequentially rejective multiple test procedure", 1979.</remarks>
internal static class Holm
{
    /// <summary>One for each, in the same order; at most 1.</summary>
    public static double[] Adjusted(IReadOnlyList<double> probabilities)
    {
        var (adjusted, largest) = (new double[probabilities.Count], 0.0);
        foreach (var (rank, index) in Enumerable.Range(0, probabilities.Count).OrderBy(index => probabilities[index]).Index())
        {
            adjusted[index] = largest = Math.Max(largest, Math.Min(1, (probabilities.Count - rank) * probabilities[index]));
        }

        return adjusted;
    }
}
