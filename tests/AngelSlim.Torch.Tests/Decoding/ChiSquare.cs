using Xunit;

namespace AngelSlim.Torch.Tests.Decoding;

/// <summary>Pearson's test of counts against probabilities.</summary>
internal static class ChiSquare
{
    /// <summary>Of the normal distribution: exceeded once in a million.</summary>
    private const double OnceInAMillion = 4.7534;

    /// <summary>Fails a right program with odds of one in a million. Cells in which fewer than five are expected count as one.</summary>
    public static void AssertDrawnFrom(IReadOnlyList<double> probabilities, IReadOnlyList<long> counts)
    {
        var total = counts.Sum();
        var cells = probabilities.Zip(counts, (share, count) => (Expected: share * total, Found: (double)count)).ToList();
        Assert.All(cells.Where(cell => cell.Expected is 0), cell => Assert.Equal(0, cell.Found));
        var (large, small) = (cells.Where(cell => cell.Expected >= 5).ToList(), cells.Where(cell => cell.Expected < 5).ToList());
        if (small.Sum(cell => cell.Expected) > 0)
        {
            large.Add((small.Sum(cell => cell.Expected), small.Sum(cell => cell.Found)));
        }

        // Wilson and Hilferty's cube, good to a few thousandths from three degrees of freedom on.
        var (freedom, found) = (large.Count - 1, large.Sum(cell => Math.Pow(cell.Found - cell.Expected, 2) / cell.Expected));
        var limit = freedom * Math.Pow(1 - (2.0 / (9 * freedom)) + (OnceInAMillion * Math.Sqrt(2.0 / (9 * freedom))), 3);
        Assert.True(freedom >= 3, $"only {large.Count} cells");
        Assert.True(found < limit, $"chi-square {found:F1} with {freedom} degrees of freedom; a right program stays below {limit:F1}");
    }
}
