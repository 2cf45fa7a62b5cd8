using System.Globalization;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Manifests.Settings;

namespace AngelSlim.Core.Manifests.Sweeps;

/// <summary>Expands a sweep. Whether a path is a setting, and a value one that it can have, shows when the points are read.</summary>
internal sealed class SweepReader
{
    private const int MostAxes = 64;

    /// <summary>Counting stops here: how many more there are says nothing more.</summary>
    private const long CountedPoints = 1_000_000_000_000;

    private static readonly string[] NotSwept = ["name", "sweep"];
    private readonly LocatedMember _sweep;
    private readonly SweepSettings _settings;
    private readonly List<SweepAxis> _axes = [];
    private readonly List<Problem> _problems = [];

    private SweepReader(LocatedMember sweep, SweepSettings settings) => (_sweep, _settings) = (sweep, settings);

    /// <summary>All of it.</summary>
    /// <param name="sweep">The manifest's member, of the form that <paramref name="settings"/> were read from.</param>
    /// <param name="settings">The same without places.</param>
    public static SweepReading Read(LocatedMember sweep, SweepSettings settings)
    {
        var reader = new SweepReader(sweep, settings);
        var dimensions = reader.Dimensions();
        var exclusions = new SweepExclusions(sweep.Value.Find("exclude"), reader._axes, reader._problems);
        if (reader._problems.Count > 0 || reader.IsTooLarge(dimensions))
        {
            return new(reader._axes, [[.. dimensions.SelectMany(rows => rows.Take(1)).SelectMany(row => row)]], reader._problems);
        }

        return new(reader._axes, exclusions.Remove([.. Product(dimensions)]), reader._problems);
    }

    /// <summary>Every axis of the grid and every zip is a dimension: rows of settings that go together.</summary>
    private List<SweepSetting[][]> Dimensions()
    {
        var dimensions = new List<SweepSetting[][]>();
        var axes = _settings.Grid.Count + _settings.Zip.Sum(zip => zip.Count);
        if (axes > MostAxes)
        {
            Wrong(ProblemCode.OutOfRange, _sweep.Value.Place, $"The sweep names {axes} settings; expected at most {MostAxes}.");
            return dimensions;
        }

        foreach (var member in _sweep.Value.Members)
        {
            if (member.Name is "grid")
            {
                dimensions.AddRange(member.Value.Members.Select(Axis).Select(settings => settings.Select(setting => new[] { setting }).ToArray()));
            }
            else if (member.Name is "zip")
            {
                dimensions.AddRange(member.Value.Items.Select(Zip));
            }
        }

        if (dimensions.Count is 0)
        {
            Wrong(ProblemCode.MissingMember, _sweep.Value.Place, "'sweep' names no setting; give 'grid' or 'zip' a path with values, as in { \"training.unroll\": [3, 5] }.");
        }

        return dimensions;
    }

    private SweepSetting[] Axis(LocatedMember written)
    {
        var settings = Settings(written);
        var seen = new HashSet<string>();
        foreach (var again in settings.Where(setting => !seen.Add(setting.Text)))
        {
            Wrong(ProblemCode.OutOfRange, again.Value.Place, $"{Shown.Quoted(written.Name)} is {Shown.Found(again.Value)} again; expected no value twice.");
        }

        return settings;
    }

    private SweepSetting[][] Zip(LocatedValue zip)
    {
        var axes = zip.Members.Select(Settings).ToArray();
        if (axes.Length is 0)
        {
            Wrong(ProblemCode.OutOfRange, zip.Place, "This zip names no setting; give it paths with values that go together.");
            return [];
        }

        foreach (var (member, settings) in zip.Members.Zip(axes).Where(axis => axis.Second.Length != axes[0].Length))
        {
            Wrong(ProblemCode.OutOfRange, member.Value.Place, $"{Shown.Quoted(member.Name)} has {Count(settings.Length)}, and {Shown.Quoted(zip.Members[0].Name)}, which it goes with, has {axes[0].Length}; expected equally many.");
        }

        var rows = Enumerable.Range(0, axes.Min(axis => axis.Length)).Select(row => axes.Select(axis => axis[row]).ToArray()).ToArray();
        var seen = new HashSet<string>();
        foreach (var (number, row) in rows.Index().Where(row => !seen.Add(string.Join('\n', row.Item.Select(setting => setting.Text)))))
        {
            Wrong(ProblemCode.OutOfRange, row[0].Value.Place, $"The values at place {number + 1} of this zip were there before; expected no combination twice.");
        }

        return rows;
    }

    private SweepSetting[] Settings(LocatedMember written)
    {
        var axis = new SweepAxis(written.Name, written.NamePlace);
        if (ManifestEdit.Parts(written.Name).Count > LocatedJson.Deepest)
        {
            Wrong(ProblemCode.UnknownValue, written.Place, $"{Shown.Quoted(written.Name)} is no path of a setting.");
            return [];
        }

        if (NotSwept.Contains(written.Name.Split('.')[0]))
        {
            Wrong(ProblemCode.UnknownValue, written.Place, $"{Shown.Quoted(written.Name)} cannot be swept: it belongs to all points together.");
        }
        else if (_axes.Find(earlier => earlier.Contains(axis.Path) || axis.Contains(earlier.Path)) is { } other)
        {
            var how = other.Path == axis.Path ? "is swept twice" : $"is swept beside {Shown.Quoted(other.Path)}, and one is part of the other";
            Wrong(ProblemCode.Contradiction, written.Place, $"{Shown.Quoted(written.Name)} {how} (see {other.Place}); keep one.");
        }

        if (written.Value.Items.Count is 0)
        {
            Wrong(ProblemCode.OutOfRange, written.Value.Place, $"{Shown.Quoted(written.Name)} has no values; expected at least 1.");
        }

        _axes.Add(axis);
        return [.. written.Value.Items.Select(value => new SweepSetting(axis, value))];
    }

    private bool IsTooLarge(List<SweepSetting[][]> dimensions)
    {
        var points = dimensions.Aggregate(1L, (product, dimension) => Math.Min(CountedPoints, product * dimension.Length));
        if (points <= _settings.MostPoints)
        {
            return false;
        }

        var count = points < CountedPoints ? string.Create(CultureInfo.InvariantCulture, $"{points}") : "more than a million million";
        Wrong(ProblemCode.OutOfRange, _sweep.Value.Place, $"The sweep has {count} points; expected at most {_settings.MostPoints} ('sweep.mostPoints'). Sweep fewer values, or raise that number.");
        return true;
    }

    /// <summary>Every combination, the last dimension fastest.</summary>
    private static IEnumerable<IReadOnlyList<SweepSetting>> Product(List<SweepSetting[][]> dimensions)
    {
        IEnumerable<IReadOnlyList<SweepSetting>> points = [[]];
        foreach (var dimension in dimensions)
        {
            points = points.SelectMany(point => dimension.Select(row => (IReadOnlyList<SweepSetting>)[.. point, .. row]));
        }

        return points;
    }

    private static string Count(int values) => values is 1 ? "1 value" : $"{values} values";

    private void Wrong(string code, TextPlace place, string message) => _problems.Add(new(code, message, place));
}
