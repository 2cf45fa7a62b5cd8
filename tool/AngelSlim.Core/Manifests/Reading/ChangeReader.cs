using System.Text;
using System.Text.Json;
using AngelSlim.Core.Manifests.Settings;

namespace AngelSlim.Core.Manifests.Reading;

/// <summary>Reads the changes that were typed: which member, and a value of the type that this setting has.</summary>
internal static class ChangeReader
{
    /// <summary>The edits, in the same order.</summary>
    /// <exception cref="UserException">Some cannot be read; carries a problem for each.</exception>
    public static IReadOnlyList<ManifestEdit> Read(IEnumerable<ManifestChange> changes)
    {
        var edits = new List<ManifestEdit>();
        var problems = new List<Problem>();
        var sweep = new SweepChangeReader();
        foreach (var change in changes)
        {
            try
            {
                edits.AddRange(change.Kind is ChangeKind.Set or ChangeKind.SetFile or ChangeKind.Unset ? [Read(change)] : sweep.Read(change));
            }
            catch (UserException failure)
            {
                problems.AddRange(failure.Problems);
            }
        }

        edits.AddRange(sweep.Zip());
        return problems.Count is 0 ? edits : throw new UserException(problems);
    }

    /// <summary>The names in a path that was typed.</summary>
    /// <param name="change">The option.</param>
    /// <param name="path">With dots.</param>
    /// <param name="at">Where it begins in the option's text.</param>
    /// <exception cref="UserException">It is no path.</exception>
    public static IReadOnlyList<string> Parts(ManifestChange change, string path, int at)
    {
        var parts = ManifestEdit.Parts(path);
        return parts.All(part => part.Length > 0) && parts.Count <= LocatedJson.Deepest
            ? parts
            : throw Usage(change, at, $"{Shown.Quoted(path)} is no path; expected the names of a setting with dots between them, as in 'training.steps'");
    }

    /// <summary>
    /// A text setting takes the text as it is, so that <c>name=7</c> needs no quotes; any other takes JSON, and a text that is not JSON is
    /// left for the schema to refuse. What begins as a JSON text, list or object has to be one.
    /// </summary>
    /// <param name="text">What was typed.</param>
    /// <param name="place">Of its first character.</param>
    /// <param name="parts">Names of the setting from the top.</param>
    public static LocatedValue Typed(string text, TextPlace place, IReadOnlyList<string> parts)
    {
        var setting = SettingsShape.At(typeof(Experiment), parts);
        var takesText = setting?.Type is { } type && (type == typeof(string) || type.IsEnum);
        if (takesText && !text.StartsWith('"') && !(text is "null" && setting!.Nullable))
        {
            return new(JsonValueKind.String, text, place);
        }

        try
        {
            return LocatedJson.Parse(Encoding.UTF8.GetBytes(text), place);
        }
        catch (UserException) when (text is not ['"' or '[' or '{', ..])
        {
            return new(JsonValueKind.String, text, place);
        }
    }

    /// <summary>An option that cannot be read.</summary>
    public static UserException Usage(ManifestChange change, int at, string expected) => new(ProblemCode.Usage, $"{expected}.", change.PlaceOf(at));

    private static ManifestEdit Read(ManifestChange change)
    {
        var equals = change.Text.IndexOf('=', StringComparison.Ordinal);
        if (change.Kind is not ChangeKind.Unset && equals < 0)
        {
            throw Usage(change, change.Text.Length, $"{Shown.Quoted(change.Text)} has no '='; expected {change.Option} {(change.Kind is ChangeKind.Set ? "path=value" : "path=file")}");
        }

        var path = change.Kind is ChangeKind.Unset ? change.Text : change.Text[..equals];
        var parts = Parts(change, path, at: 0);

        var value = change.Kind switch
        {
            ChangeKind.Set => Typed(change.Text[(equals + 1)..], change.PlaceOf(equals + 1), parts),
            ChangeKind.SetFile => LocatedJson.ReadFile(change.Text[(equals + 1)..], "file of --set-file"),
            _ => null,
        };
        return new(parts, value, change.PlaceOf(0));
    }
}
