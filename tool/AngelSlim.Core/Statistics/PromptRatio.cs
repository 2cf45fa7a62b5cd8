namespace AngelSlim.Core.Statistics;

/// <summary>A figure that is one sum over prompts divided by another: every figure of acceptance is.</summary>
/// <param name="Above">One term a prompt; at least 0.</param>
/// <param name="Below">The same of the divisor.</param>
internal sealed record PromptRatio(double[] Above, double[] Below)
{
    /// <summary>The figure; 0 when nothing stands below.</summary>
    public double Value => Below.Sum() is var below and > 0 ? Above.Sum() / below : 0;

    /// <summary>An acceptance length.</summary>
    public static PromptRatio Of(Estimator estimator, IReadOnlyList<PromptCounts> prompts) => estimator switch
    {
        Estimator.RatioOfSums => Of(prompts, prompt => (prompt.Rounds + prompt.Accepted, prompt.Rounds)),
        Estimator.MeanOfPrompts => Of(prompts, prompt => prompt.Rounds is 0 ? (0, 0) : (1 + ((double)prompt.Accepted / prompt.Rounds), 1)),
        _ => Of(prompts, prompt => (prompt.NewTokens, prompt.Rounds)),
    };

    /// <summary>The share of rounds in which the drafted tokens up to and including a position were accepted.</summary>
    /// <param name="position">From 0.</param>
    /// <param name="prompts">Which have that position.</param>
    public static PromptRatio Joint(int position, IReadOnlyList<PromptCounts> prompts) =>
        Of(prompts, prompt => (prompt.AcceptedByPosition[position], prompt.Rounds));

    /// <summary>The same, among the rounds in which the position before was accepted.</summary>
    /// <inheritdoc cref="Joint"/>
    public static PromptRatio Conditional(int position, IReadOnlyList<PromptCounts> prompts) => position is 0
        ? Joint(0, prompts)
        : Of(prompts, prompt => (prompt.AcceptedByPosition[position], prompt.AcceptedByPosition[position - 1]));

    private static PromptRatio Of(IReadOnlyList<PromptCounts> prompts, Func<PromptCounts, (double Above, double Below)> terms)
    {
        var (above, below) = (new double[prompts.Count], new double[prompts.Count]);
        for (var i = 0; i < above.Length; i++)
        {
            (above[i], below[i]) = terms(prompts[i]);
        }

        return new(above, below);
    }
}
