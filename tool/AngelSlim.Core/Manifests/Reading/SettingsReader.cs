using AngelSlim.Core.Manifests.Schemas;
using AngelSlim.Core.Manifests.Settings;

namespace AngelSlim.Core.Manifests.Reading;

/// <summary>Something wrong with one setting.</summary>
/// <param name="Path">Dotted, items in brackets: <c>data.train[0]</c>.</param>
/// <param name="Problem">What, and where.</param>
internal sealed record Finding(string Path, Problem Problem);

/// <summary>A manifest as far as it could be read, and everything that is wrong with a setting by itself.</summary>
/// <param name="Experiment">Whole, never with a null that its type forbids; a setting that could not be read is at its default, or empty.</param>
/// <param name="Findings">In no order.</param>
internal sealed record SettingsReading(Experiment Experiment, IReadOnlyList<Finding> Findings)
{
    /// <summary>Nothing was wrong with the setting, with what it is part of, nor with what is part of it.</summary>
    public bool IsSound(string path) =>
        !Findings.Any(finding => Within(finding.Path, path) || Within(path, finding.Path));

    /// <summary>A path is another, or leads into it.</summary>
    public static bool Within(string inner, string outer) =>
        outer.Length is 0 || (inner.StartsWith(outer, StringComparison.Ordinal) && (inner.Length == outer.Length || inner[outer.Length] is '.' or '['));
}

/// <summary>Reads a manifest that is parsed: the schema judges it, the records take it. Collects all problems, throws none.</summary>
internal static class SettingsReader
{
    /// <summary>Reads it.</summary>
    /// <param name="json">Without the schema's name.</param>
    public static SettingsReading Read(LocatedValue json)
    {
        var findings = new List<Finding>();
        var unique = RepeatedMembers.TakenOut(json, findings);
        findings.AddRange(SchemaWords.Of(ManifestSchema.Whole.Validate(unique)));
        return new((Experiment)SettingsBinder.Bind(typeof(Experiment), unique), findings);
    }
}
