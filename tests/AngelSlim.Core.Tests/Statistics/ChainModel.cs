using AngelSlim.Core.Statistics;

namespace AngelSlim.Core.Tests.Statistics;

/// <summary>Draws counts as drafts of three tokens give them: prompts differ, and within a prompt every round is drawn anew.</summary>
/// <remarks>The rates are those of vLLM's acceptance-length test for Llama-3.1-8B with EAGLE3; prompts spread around them by a logit of deviation 0.7.</remarks>
internal sealed class ChainModel(ulong seed)
{
    private const double Spread = 0.7;
    private static readonly double[] Joint = [0.7296, 0.5208, 0.3545];
    private readonly Chooser _random = new(seed);

    /// <summary>Two measurements of new prompts.</summary>
    /// <param name="prompts">How many.</param>
    /// <param name="newTokens">Of each at least.</param>
    /// <param name="drop">By what share the second's acceptance length is lower, in every prompt.</param>
    public (IReadOnlyList<PromptCounts> Before, IReadOnlyList<PromptCounts> After) Measure(int prompts, int newTokens, double drop)
    {
        var (before, after) = (new List<PromptCounts>(prompts), new List<PromptCounts>(prompts));
        for (var i = 0; i < prompts; i++)
        {
            var shift = Spread * Normal();
            var rates = new double[Joint.Length];
            for (var position = 0; position < rates.Length; position++)
            {
                var mean = Joint[position] / (position is 0 ? 1 : Joint[position - 1]);
                rates[position] = 1 / (1 + Math.Exp(-(Math.Log(mean / (1 - mean)) + shift)));
            }

            before.Add(Counts(i, rates, newTokens));
            after.Add(Counts(i, Lowered(rates, drop), newTokens));
        }

        return (before, after);
    }

    /// <summary>All rates by one factor, so that the length falls by the drop.</summary>
    private static double[] Lowered(double[] rates, double drop)
    {
        var (low, high, wanted) = (0.0, 1.0, (1 - drop) * Length(rates, 1));
        for (var i = 0; i < 40; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = Length(rates, middle) < wanted ? (middle, high) : (low, middle);
        }

        return [.. rates.Select(rate => rate * high)];
    }

    private static double Length(double[] rates, double factor)
    {
        var (length, product) = (1.0, 1.0);
        foreach (var rate in rates)
        {
            length += product *= rate * factor;
        }

        return length;
    }

    private PromptCounts Counts(int prompt, double[] rates, int newTokens)
    {
        var accepted = new int[rates.Length];
        var (rounds, tokens) = (0, 1);
        for (; tokens < newTokens; rounds++, tokens++)
        {
            for (var position = 0; position < rates.Length && _random.Share() < rates[position]; position++)
            {
                accepted[position]++;
                tokens++;
            }
        }

        return new("model", $"{prompt}", rounds, Math.Min(tokens, newTokens), accepted);
    }

    /// <summary>Box and Muller.</summary>
    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.Share())) * Math.Cos(2 * Math.PI * _random.Share());
}
