using System.Text.Json;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Manifests.Settings;

namespace AngelSlim.Core.Manifests;

/// <summary>Reads a manifest: text, settings, and what they say together; all problems in one pass.</summary>
internal static class ExperimentReader
{
    /// <summary>Reads and checks; touches the disk to see whether what is named is there.</summary>
    /// <param name="path">Of the manifest; what it names, and what the edits name, is relative to its folder.</param>
    /// <param name="surroundings">Where hub cache and built-in targets lie.</param>
    /// <param name="edits">Changes that are made before anything is checked, in this order.</param>
    /// <exception cref="UserException">Something is wrong; carries every problem and warning, in source order, those of the edits last.</exception>
    public static ReadExperiment Read(string path, Surroundings surroundings, params IReadOnlyList<ManifestEdit> edits)
    {
        var json = WithoutSchema(edits.Aggregate(LocatedJson.ReadFile(path), Changed));
        var (read, found) = new ManifestReader(path, surroundings, edits).Read(json);

        if (found.Count is 0)
        {
            return read;
        }

        List<string?> files = [path, .. edits.SelectMany(edit => new[] { edit.Place.File, edit.Value?.Place.File })];
        var problems = found
            .OrderBy(problem => files.IndexOf(problem.Place?.File)).ThenBy(problem => problem.Place?.Line).ThenBy(problem => problem.Place?.Column)
            .ToList();
        return problems.Any(problem => problem.Severity is Severity.Error) ? throw new UserException(problems) : read with { Warnings = problems };
    }

    /// <summary>What is neither there nor a setting cannot be taken away; it is put there, for the reader to say so.</summary>
    private static LocatedValue Changed(LocatedValue json, ManifestEdit edit)
    {
        var changed = edit.ApplyTo(json);
        return edit.Value is null && ReferenceEquals(changed, json) && SettingsShape.At(typeof(Experiment), edit.Path) is null
            ? (edit with { Value = new(JsonValueKind.Null, "", edit.Place) }).ApplyTo(json)
            : changed;
    }

    /// <summary>Every manifest may name its schema, for editors; that is no setting.</summary>
    private static LocatedValue WithoutSchema(LocatedValue json) =>
        json.Find("$schema") is { Value.Kind: JsonValueKind.String } schema
            ? json with { Members = [.. json.Members.Where(member => !ReferenceEquals(member, schema))] }
            : json;
}
