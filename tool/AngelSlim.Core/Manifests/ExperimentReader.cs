using System.Text.Json;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Manifests.Settings;

namespace AngelSlim.Core.Manifests;

/// <summary>Reads a manifest: text, settings, and what they say together; all problems in one pass.</summary>
internal static class ExperimentReader
{
    /// <summary>Reads and checks; touches the disk to see whether what is named is there.</summary>
    /// <exception cref="UserException">Something is wrong; carries every problem, in source order.</exception>
    public static ReadExperiment Read(string path, Surroundings surroundings)
    {
        var json = WithoutSchema(LocatedJson.ReadFile(path));
        var reading = SettingsReader.Read(typeof(Experiment), json);
        var experiment = (Experiment)reading.Settings;
        var checks = new CheckList(json, reading);
        ExperimentChecks.Check(experiment, checks);
        var sources = new SourceFinder(Path.GetDirectoryName(Path.GetFullPath(path))!, surroundings, checks).Find(experiment);

        var problems = reading.Findings.Select(finding => finding.Problem).Concat(checks.Problems)
            .OrderBy(problem => problem.Place?.Line).ThenBy(problem => problem.Place?.Column).ToLookup(problem => problem.Severity);
        return problems[Severity.Error].Any()
            ? throw new UserException([.. problems[Severity.Error]])
            : new(path, experiment, json, sources, [.. problems[Severity.Warning]]);
    }

    /// <summary>Every manifest may name its schema, for editors; that is no setting.</summary>
    private static LocatedValue WithoutSchema(LocatedValue json) =>
        json.Find("$schema") is { Value.Kind: JsonValueKind.String } schema
            ? json with { Members = [.. json.Members.Where(member => !ReferenceEquals(member, schema))] }
            : json;
}
