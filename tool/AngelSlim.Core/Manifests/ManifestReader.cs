using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Manifests.Sweeps;

namespace AngelSlim.Core.Manifests;

/// <summary>A manifest as far as it could be read, and all that is wrong or odd about it, unsorted.</summary>
internal sealed record ManifestReading(ReadExperiment Experiment, IReadOnlyList<Problem> Problems);

/// <summary>Reads a manifest that is parsed, with all points of its sweep. Throws nothing.</summary>
/// <param name="path">Of the manifest.</param>
/// <param name="surroundings">Where hub cache and built-in targets lie.</param>
/// <param name="edits">That were made to it already; what is wrong because of one of them is wrong at its place.</param>
internal sealed class ManifestReader(string path, Surroundings surroundings, IReadOnlyList<ManifestEdit> edits)
{
    private readonly string _folder = Path.GetDirectoryName(Path.GetFullPath(path))!;

    /// <summary>Reads it.</summary>
    /// <param name="json">Without the schema's name.</param>
    public ManifestReading Read(LocatedValue json)
    {
        if (json.Members.All(member => member.Name is not "sweep"))
        {
            return ReadPoint(json);
        }

        var rest = json with { Members = [.. json.Members.Where(member => member.Name is not "sweep")] };
        var whole = SettingsReader.Read(json);
        if (!whole.IsSound("sweep") || whole.Experiment.Sweep is not { } settings)
        {
            var (read, problems) = ReadPoint(rest);
            return new(read, [.. problems, .. whole.Findings.Where(finding => SettingsReading.Within(finding.Path, "sweep")).Select(finding => finding.Problem)]);
        }

        return ReadPoints(rest, SweepReader.Read(json.Find("sweep")!, settings), settings);
    }

    private ManifestReading ReadPoints(LocatedValue rest, SweepReading sweep, SweepSettings settings)
    {
        var points = sweep.Points
            .Select(point => (Settings: point, Reading: ReadPoint(point.Aggregate(rest, (manifest, setting) => setting.Edit.ApplyTo(manifest)))))
            .ToArray();
        var first = points.Length > 0 ? points[0].Reading.Experiment : ReadPoint(rest).Experiment;
        var read = first with
        {
            Experiment = first.Experiment with { Sweep = settings },
            Points = [.. points.Select(point => new ReadPoint(point.Settings, point.Reading.Experiment))],
        };

        // Points have most of their mistakes in common.
        return new(read, [.. sweep.Problems.Concat(Overridden(sweep.Axes)).Concat(points.SelectMany(point => point.Reading.Problems)).Distinct()]);
    }

    /// <summary>An option that says what a setting is, where the sweep says what it is.</summary>
    private IEnumerable<Problem> Overridden(IReadOnlyList<SweepAxis> axes) =>
        from edit in edits
        let axis = axes.FirstOrDefault(axis => axis.Contains(edit.Dotted))
        where axis is not null
        select new Problem(ProblemCode.Contradiction, $"{Shown.Quoted(edit.Dotted)} is set here, and swept at {axis.Place}; give the sweep one value of it, or leave the sweep out with '--unset sweep'.", edit.Place);

    private ManifestReading ReadPoint(LocatedValue json)
    {
        var reading = SettingsReader.Read(json);
        var experiment = reading.Experiment;
        var checks = new CheckList(json, reading);
        ExperimentChecks.Check(experiment, checks);
        var sources = new SourceFinder(_folder, surroundings, checks).Find(experiment);
        TargetChecks.Check(experiment, sources.Target, checks);
        return new(new(path, experiment, json, sources, []), [.. reading.Findings.Select(Placed), .. checks.Problems]);
    }

    /// <summary>What is missing because it was taken away is wrong where that was asked.</summary>
    private Problem Placed(Finding finding) =>
        finding.Problem.Code is ProblemCode.MissingMember && edits.LastOrDefault(edit => edit.Value is null && edit.Dotted == finding.Path) is { } edit
            ? finding.Problem with { Place = edit.Place }
            : finding.Problem;
}
