using System.Globalization;

namespace AngelSlim.Core.Stages;

/// <summary>How long rows are before any is cut.</summary>
internal sealed class RowLengths
{
    private readonly List<int> _lengths = [];

    /// <summary>Takes a row.</summary>
    /// <param name="tokens">All of it.</param>
    public void Add(int tokens) => _lengths.Add(tokens);

    /// <summary>A small table for the log, line by line.</summary>
    /// <param name="most">Tokens at which rows are cut.</param>
    public IEnumerable<string> Told(int most)
    {
        var sorted = Sorted();
        var (all, dropped) = (Tokens(sorted), Dropped(sorted, most));
        (string Name, long Value)[] columns =
        [
            ("rows", sorted.Length), ("tokens", all), ("shortest", At(sorted, 0)), ("half up to", At(sorted, 50)), ("90 %", At(sorted, 90)),
            ("95 %", At(sorted, 95)), ("99 %", At(sorted, 99)), ("longest", At(sorted, 100)),
        ];
        int[] widths = [.. columns.Select(column => Math.Max(column.Name.Length, Written(column.Value).Length))];
        yield return "before any is cut  " + string.Join("  ", columns.Zip(widths, (column, width) => column.Name.PadLeft(width)));
        yield return "                   " + string.Join("  ", columns.Zip(widths, (column, width) => Written(column.Value).PadLeft(width)));
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"cut at {most} (data.maxTokens): {sorted.Count(length => length > most)} of {sorted.Length} rows, which drops {dropped} of {all} tokens ({(all is 0 ? 0 : 100.0 * dropped / all):f1} %)");
    }

    /// <summary>The same as figures.</summary>
    /// <param name="most">Tokens at which rows are cut.</param>
    public IEnumerable<(string Name, double Value)> Figures(int most)
    {
        var sorted = Sorted();
        return
        [
            ("tokens.uncut", Tokens(sorted)), ("tokens.dropped", Dropped(sorted, most)), ("length.shortest", At(sorted, 0)), ("length.p50", At(sorted, 50)),
            ("length.p90", At(sorted, 90)), ("length.p95", At(sorted, 95)), ("length.p99", At(sorted, 99)), ("length.longest", At(sorted, 100)),
        ];
    }

    private static string Written(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static long Tokens(int[] sorted) => sorted.Sum(length => (long)length);

    private static long Dropped(int[] sorted, int most) => sorted.Sum(length => (long)Math.Max(0, length - most));

    private int[] Sorted() => [.. _lengths.Order()];

    /// <summary>The shortest length that so many percent of the rows, but at least one, do not exceed.</summary>
    private static int At(int[] sorted, int percent) => sorted.Length is 0 ? 0 : sorted[Math.Max(0, (int)((((long)sorted.Length * percent) + 99) / 100) - 1)];
}
