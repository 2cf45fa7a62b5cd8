using System.Text.Json;
using AngelSlim.Core.Artifacts;

namespace AngelSlim.Core.Planning;

/// <summary>Earlier results of one stage, laid out so that the nearest to a recipe among thousands is found in microseconds.</summary>
/// <remarks>
/// Every path that occurs in any recipe is a column, every value a number: two recipes differ in as many columns as
/// there are unequal numbers. A sweep asks a thousand times among a thousand results.
/// </remarks>
internal sealed class StageHistory
{
    private const int NotThere = 0;
    private const int NeverSeen = -1;
    private const string Device = "device";
    private readonly Dictionary<string, int> _columns = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _values = new(StringComparer.Ordinal);
    private readonly List<(PastResult Result, int[] Row)> _rows = [];
    private readonly int _settings;

    /// <summary>Lays them out.</summary>
    /// <param name="results">The newest first.</param>
    public StageHistory(IEnumerable<PastResult> results)
    {
        var parsed = results.Select(result => (result, leaves: LeavesOrNone(result.Recipe))).Where(each => each.leaves.Count > 0).ToList();
        foreach (var path in parsed.SelectMany(each => each.leaves.Keys).Distinct(StringComparer.Ordinal).OrderByDescending(RecipeLeaves.IsSetting))
        {
            _columns.Add(path, _columns.Count);
        }

        _settings = _columns.Keys.Count(RecipeLeaves.IsSetting);
        foreach (var (result, leaves) in parsed)
        {
            var row = new int[_columns.Count];
            foreach (var (path, value) in leaves)
            {
                row[_columns[path]] = _values.TryGetValue(value, out var number) ? number : _values[value] = _values.Count + 1;
            }

            _rows.Add((result, row));
        }
    }

    /// <summary>The result of that name; null when it is not known.</summary>
    public PastResult? Find(StepKey key) => _rows.Find(row => row.Result.Key == key).Result;

    /// <summary>The result whose recipe differs in the fewest places; the newest of equals. Null when there is none.</summary>
    /// <param name="recipe">Canonical text.</param>
    /// <param name="counts">Says of a result whether it may be compared with.</param>
    public PastResult? Nearest(string recipe, Func<PastResult, bool> counts) => Least(Encoded(recipe), counts, (settings, rest) => settings + rest);

    /// <summary>The result that probably took as long and grew as large: on the same kind of device, with the nearest settings, then with the nearest inputs.</summary>
    /// <param name="recipe">Canonical text; what is not known yet of it may be anything.</param>
    public PastResult? Likest(string recipe)
    {
        var wanted = Encoded(recipe);
        var device = _columns.GetValueOrDefault(Device, -1);
        return device < 0 ? null : Least(wanted, _ => true, (settings, rest) => (settings * 100_000) + rest, row => row[device] == wanted[device]);
    }

    private PastResult? Least(int[] wanted, Func<PastResult, bool> counts, Func<int, int, int> distance, Func<int[], bool>? fits = null)
    {
        var (nearest, least) = ((PastResult?)null, int.MaxValue);
        foreach (var (result, row) in _rows)
        {
            var far = distance(Unequal(wanted, row, 0, _settings), Unequal(wanted, row, _settings, row.Length));
            if (far < least && (fits is null || fits(row)) && counts(result))
            {
                (nearest, least) = (result, far);
            }
        }

        return nearest;
    }

    private static int Unequal(int[] wanted, int[] row, int from, int to)
    {
        var unequal = 0;
        for (var i = from; i < to; i++)
        {
            unequal += wanted[i] == row[i] ? 0 : 1;
        }

        return unequal;
    }

    /// <summary>A path that no earlier recipe has is as far from all of them, and so left out.</summary>
    private int[] Encoded(string recipe)
    {
        var row = new int[_columns.Count];
        foreach (var (path, value) in RecipeLeaves.Of(recipe))
        {
            if (_columns.TryGetValue(path, out var column))
            {
                row[column] = _values.GetValueOrDefault(value, NeverSeen);
            }
        }

        return row;
    }

    private static Dictionary<string, string> LeavesOrNone(string recipe)
    {
        try
        {
            return RecipeLeaves.Of(recipe);
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
