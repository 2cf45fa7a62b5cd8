using AngelSlim.Core.Manifests.Reading;

namespace AngelSlim.Core.Manifests.Sweeps;

/// <summary>What a sweep leaves out.</summary>
internal sealed class SweepExclusions
{
    private readonly LocatedMember? _exclude;
    private readonly List<Problem> _problems;
    private readonly List<Exclusion> _exclusions = [];

    /// <summary>Reads it.</summary>
    /// <param name="exclude">The sweep's member; null when it has none.</param>
    /// <param name="axes">That the sweep has.</param>
    /// <param name="problems">Takes what is wrong.</param>
    public SweepExclusions(LocatedMember? exclude, IReadOnlyList<SweepAxis> axes, List<Problem> problems)
    {
        (_exclude, _problems) = (exclude, problems);
        var paths = axes.Select(axis => axis.Path).Distinct().ToArray();
        foreach (var written in exclude?.Value.Items ?? [])
        {
            if (written.Members.Count is 0)
            {
                problems.Add(new(ProblemCode.OutOfRange, "This exclusion names no setting, so that no point would be left; name a swept path with its value.", written.Place));
            }

            foreach (var unknown in written.Members.Where(member => !paths.Contains(member.Name)))
            {
                var near = Suggestion.For(unknown.Name, paths) is { Length: > 0 } meant ? meant : $"; expected one of {string.Join(", ", paths)}.";
                problems.Add(new(ProblemCode.UnknownValue, $"{Shown.Quoted(unknown.Name)} is not swept, so that no point is left out by it{near}", unknown.Place));
            }

            _exclusions.Add(new(written.Place, written.Members.ToDictionary(member => member.Name, member => CanonicalJson.Write(member.Value.ToNode()))));
        }
    }

    /// <summary>The points that stay. That none does is an error; that an exclusion meets none is odd.</summary>
    public IReadOnlyList<IReadOnlyList<SweepSetting>> Remove(IReadOnlyList<IReadOnlyList<SweepSetting>> points)
    {
        foreach (var idle in _exclusions.Where(exclusion => !points.Any(exclusion.Meets)))
        {
            _problems.Add(new(ProblemCode.Contradiction, "This exclusion meets no point; correct its values, or remove it.", idle.Place) { Severity = Severity.Warning });
        }

        IReadOnlyList<IReadOnlyList<SweepSetting>> left = [.. points.Where(point => !_exclusions.Exists(exclusion => exclusion.Meets(point)))];
        if (left.Count is 0)
        {
            _problems.Add(new(ProblemCode.Contradiction, "Every point of the sweep is excluded; exclude fewer.", _exclude!.Place));
        }

        return left;
    }

    /// <summary>A point that has all of these values is left out.</summary>
    private sealed record Exclusion(TextPlace Place, IReadOnlyDictionary<string, string> Values)
    {
        public bool Meets(IReadOnlyList<SweepSetting> point) =>
            Values.All(wanted => point.Any(setting => setting.Axis.Path == wanted.Key && setting.Text == wanted.Value));
    }
}
