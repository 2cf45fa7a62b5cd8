namespace AngelSlim.Core.Manifests.Reading;

/// <summary>Guesses what a misspelled word was meant to be.</summary>
internal static class Suggestion
{
    private const int LongestWord = 64;

    /// <summary><c>; did you mean 'x'?</c>, or nothing when no word is near.</summary>
    public static string For(string word, IEnumerable<string> words) =>
        Nearest(word, words) is { } near ? $"; did you mean '{near}'?" : "";

    /// <summary>The word with the fewest single-letter edits, if these are at most a third of its letters; case does not count.</summary>
    public static string? Nearest(string word, IEnumerable<string> words)
    {
        if (word.Length is 0 or > LongestWord)
        {
            return null;
        }

        var ranked = words.Select(known => (known, edits: Edits(word.ToLowerInvariant(), known.ToLowerInvariant())));
        var best = ranked.OrderBy(candidate => candidate.edits).FirstOrDefault();
        return best.known is not null && best.edits <= Math.Max(1, best.known.Length / 3) ? best.known : null;
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).</summary>
    private static int Edits(string from, string to)
    {
        var table = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++)
        {
            for (var j = 0; j <= to.Length; j++)
            {
                table[i, j] = i is 0 || j is 0 ? i + j : Cheapest(table, from, to, i, j);
            }
        }

        return table[from.Length, to.Length];
    }

    private static int Cheapest(int[,] table, string from, string to, int i, int j)
    {
        var replaced = table[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
        var cheapest = Math.Min(replaced, 1 + Math.Min(table[i - 1, j], table[i, j - 1]));
        var swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
        return swapped ? Math.Min(cheapest, table[i - 2, j - 2] + 1) : cheapest;
    }
}
