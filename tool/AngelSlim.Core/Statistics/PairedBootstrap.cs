namespace AngelSlim.Core.Statistics;

/// <summary>The logarithm of a quotient of two figures.</summary>
/// <param name="Value">0 when they are equal.</param>
/// <param name="Error">Its standard error, from what each prompt adds to it.</param>
internal readonly record struct LogRatio(double Value, double Error);

/// <summary>Draws prompts, each with both its measurements.</summary>
/// <param name="before">One measurement.</param>
/// <param name="after">The other, of the same prompts in the same order.</param>
internal sealed class PairedBootstrap(PromptRatio before, PromptRatio after)
{
    /// <summary>
    /// A sample that happens to hold none of the few prompts that changed has no error to divide by. Below this share of the
    /// error of all prompts it is taken as this share, so that bounds stay finite; other samples are far above it.
    /// </summary>
    private const double LeastShare = 0.1;

    /// <summary>Where every prompt changes by the same share, only rounding is left of the error.</summary>
    private const double Rounding = 1e-12;

    private readonly int _count = before.Above.Length;

    /// <summary>Of every prompt once; null when there is no quotient.</summary>
    public LogRatio? Whole() => Of([.. Enumerable.Range(0, _count)]);

    /// <summary>How far samples lie from the whole, in their own standard errors.</summary>
    /// <param name="whole">That of <see cref="Whole"/>.</param>
    /// <param name="resamples">How many.</param>
    /// <param name="seed">Of what is drawn.</param>
    /// <returns>One value a sample, in the order of drawing.</returns>
    public double[] Studentised(LogRatio whole, int resamples, ulong seed)
    {
        var random = new Chooser(seed);
        var (values, drawn) = (new double[resamples], new int[_count]);
        for (var filled = 0; filled < resamples;)
        {
            for (var i = 0; i < drawn.Length; i++)
            {
                drawn[i] = random.Below(_count);
            }

            // A sample without any quotient (a rare position that it never accepts) is drawn again.
            if (Of(drawn) is { } sample)
            {
                values[filled++] = (sample.Value - whole.Value) / Math.Max(sample.Error, LeastShare * whole.Error);
            }
        }

        return values;
    }

    private LogRatio? Of(int[] drawn)
    {
        double above = 0, below = 0, aboveThen = 0, belowThen = 0;
        foreach (var prompt in drawn)
        {
            above += before.Above[prompt];
            below += before.Below[prompt];
            aboveThen += after.Above[prompt];
            belowThen += after.Below[prompt];
        }

        if (above is 0 || below is 0 || aboveThen is 0 || belowThen is 0)
        {
            return null;
        }

        // The first-order share of each prompt in the logarithm; the shares of a sample sum to 0.
        var squares = 0.0;
        foreach (var prompt in drawn)
        {
            var share = (after.Above[prompt] / aboveThen) - (after.Below[prompt] / belowThen) - (before.Above[prompt] / above) + (before.Below[prompt] / below);
            squares += share * share;
        }

        return new(Math.Log(aboveThen / belowThen * below / above), Math.Max(Rounding, Math.Sqrt(squares * _count / (_count - 1))));
    }
}
