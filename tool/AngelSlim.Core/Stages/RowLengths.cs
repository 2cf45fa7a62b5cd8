using System.Globalization;

namespace AngelSlim.Core.Stages;

/// <summary>How long rows are before any is cut.</summary>
internal sealed class RowLengths
{
    private readonly List<int> _lengths = [];

    /// <summary>Takes a row.</summary>
    /// <param name="tokens">All of it.</param>
    public void Add(int tokens) => _lengths.Add(tokens);

    /// <summary>A sentence for the log.</summary>
    /// <param name="most">Tokens at which rows are cut.</param>
    public string Told(int most)
    {
        var sorted = Sorted();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{sorted.Length} rows with {sorted.Sum(length => (long)length)} tokens before any is cut: half have up to {At(sorted, 50)}, 90 % up to {At(sorted, 90)}, 99 % up to {At(sorted, 99)}, all up to {At(sorted, 100)}; {sorted.Count(length => length > most)} are cut at {most}");
    }

    /// <summary>The same as figures.</summary>
    public IEnumerable<(string Name, double Value)> Figures()
    {
        var sorted = Sorted();
        return [("tokens.uncut", sorted.Sum(length => (long)length)), ("length.p50", At(sorted, 50)), ("length.p90", At(sorted, 90)), ("length.p99", At(sorted, 99)), ("length.longest", At(sorted, 100))];
    }

    private int[] Sorted() => [.. _lengths.Order()];

    /// <summary>The shortest length that so many percent of the rows do not exceed.</summary>
    private static int At(int[] sorted, int percent) => sorted.Length is 0 ? 0 : sorted[(int)((((long)sorted.Length * percent) + 99) / 100) - 1];
}
