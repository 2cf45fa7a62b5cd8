using System.Globalization;

namespace AngelSlim.Core.Planning.Sweeps;

/// <summary>Names steps that there are several of in a sweep: <c>train@unroll=3</c>.</summary>
/// <remarks>A name has letters, digits and <c>. _ - + = , @</c>, which no shell takes for anything else. It is in no key.</remarks>
internal sealed class SweepIds(SweepLabels labels)
{
    /// <summary>A name for each step: the common name alone where there is one step, else with those swept values that tell it from the others.</summary>
    /// <param name="id">The name that the steps have in their points.</param>
    /// <param name="siblings">For each step the numbers of its points; no point is in two of them.</param>
    public IReadOnlyList<string> Of(string id, IReadOnlyList<IReadOnlyList<int>> siblings)
    {
        if (siblings.Count is 1)
        {
            return [id];
        }

        var common = siblings.Select(Common).ToArray();
        var axes = Telling(common);
        var names = common.Select(values => string.Join(',', axes.Select(axis => values[axis]).OfType<SweepLabel>())).ToArray();

        // Points with different values can have a step in common, and these values tell nothing then; the first point does.
        var taken = names.CountBy(name => name).ToDictionary();
        return [.. names.Select((name, i) => taken[name] is 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name},point={siblings[i][0] + 1}").TrimStart(','))
            .Select(name => name.Length is 0 ? id : $"{id}@{name}")];
    }

    /// <summary>For each axis the label that all these points share, or null.</summary>
    private SweepLabel?[] Common(IReadOnlyList<int> numbers)
    {
        var common = labels.Of(numbers[0]).ToArray<SweepLabel?>();
        foreach (var number in numbers.Skip(1))
        {
            for (var axis = 0; axis < common.Length; axis++)
            {
                common[axis] = common[axis] == labels.Of(number)[axis] ? common[axis] : null;
            }
        }

        return common;
    }

    /// <summary>Axes without any of which some names would be the same, or nothing; of axes that always change together the first.</summary>
    private static List<int> Telling(SweepLabel?[][] common)
    {
        var axes = Enumerable.Range(0, common[0].Length).ToList();
        var most = Told(axes);
        for (var axis = axes.Count - 1; axis >= 0; axis--)
        {
            if (Told([.. axes.Where(other => other != axis)]) == most)
            {
                axes.Remove(axis);
            }
        }

        return axes;

        (int Different, bool HasNothing) Told(List<int> chosen)
        {
            var names = common.Select(values => string.Join(',', chosen.Select(axis => values[axis]).OfType<SweepLabel>())).ToHashSet();
            return (names.Count, names.Contains(""));
        }
    }
}
