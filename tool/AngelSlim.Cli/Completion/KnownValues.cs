using AngelSlim.Cli.Commands;
using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Running;

namespace AngelSlim.Cli.Completion;

/// <summary>Values that can be known before they are typed, by the word that the help has for them: <c>folder</c>, <c>step</c>.</summary>
/// <param name="machine">Where things lie.</param>
/// <param name="stepsOf">The steps of a manifest as options change it.</param>
internal sealed class KnownValues(Machine machine, Func<string, IReadOnlyList<ManifestChange>, IEnumerable<string>> stepsOf)
{
    private const int RunsOffered = 20;

    /// <summary>Values of a kind; none for a kind of which none is known, such as a number.</summary>
    /// <param name="kind">The word of the help.</param>
    /// <param name="begun">What is typed of it.</param>
    /// <param name="typed">What stands before it.</param>
    public IEnumerable<string> Of(string kind, string begun, TypedVerb typed) => kind switch
    {
        "manifest" => Files(begun, ".json"),
        "file" => Files(begun, ""),
        "folder" or "model" or "place" => Folders(begun),
        "path" => SettingsShape.Paths(typeof(Experiment)),
        "path=file" => AfterPath(begun, (_, rest) => Files(rest, ".json")),
        "path=value" or "path=values" or "path=value,path=value" => AfterPath(begun, (member, _) => Words(member)),
        "step" => Steps(typed),
        "run" or "before" or "after" => Numbers(typed).Concat(InStore(typed, store => store.Runs.Names())).Append("last").Concat(Files(begun, ".json")),
        "what" => Numbers(typed),
        "experiment" => InStore(typed, store => store.Runs.Names()),
        "outcome" => Enum.GetValues<RunState>().Select(RunTable.Word),
        "schema" => Directory.EnumerateFiles(Path.Combine(machine.ProgramFolder, "schemas")).Select(path => Path.GetFileName(path).Split('.')[0]),
        "shell" => ShellScript.Shells,
        _ => kind.Contains('|', StringComparison.Ordinal) ? kind.Split('|') : [],
    };

    /// <summary>Folders below the one that is begun, to go on in.</summary>
    private static IEnumerable<string> Folders(string begun)
    {
        var parent = begun[..(begun.LastIndexOf('/') + 1)];
        var folder = new DirectoryInfo(parent.Length is 0 ? "." : parent);
        var hidden = begun[parent.Length..] is ['.', ..];
        return folder.Exists ? folder.EnumerateDirectories().Where(entry => hidden || entry.Name[0] is not '.').Select(entry => $"{parent}{entry.Name}/") : [];
    }

    private static IEnumerable<string> Files(string begun, string ending)
    {
        var parent = begun[..(begun.LastIndexOf('/') + 1)];
        var folder = new DirectoryInfo(parent.Length is 0 ? "." : parent);
        return folder.Exists ? folder.EnumerateFiles("*" + ending).Select(file => parent + file.Name).Concat(Folders(begun)) : [];
    }

    /// <summary>The paths of single settings; behind <c>path=</c>, its values.</summary>
    private static IEnumerable<string> AfterPath(string begun, Func<SettingsMember, string, IEnumerable<string>> values)
    {
        if (begun.Split('=', 2) is not [var path, var rest])
        {
            return Leaves(typeof(Experiment), "").Select(leaf => leaf.Path + "=");
        }

        var member = Leaves(typeof(Experiment), "").FirstOrDefault(leaf => leaf.Path == path).Member;
        return member is null ? [] : values(member, rest).Select(value => $"{path}={value}");
    }

    private static IEnumerable<(string Path, SettingsMember Member)> Leaves(Type record, string prefix) =>
        from member in SettingsShape.Of(record)
        from leaf in SettingsShape.IsRecord(member.Type) && SettingsShape.ItemType(member.Type) is null && SettingsShape.ValueType(member.Type) is null
            ? Leaves(member.Type, $"{prefix}{member.Name}.")
            : [(prefix + member.Name, member)]
        select leaf;

    private static IEnumerable<string> Words(SettingsMember member)
    {
        var words = member.Type.IsEnum ? SettingsShape.Words(member.Type) : member.Type == typeof(bool) ? ["true", "false"] : [];
        return member.Nullable ? words.Append("null") : words;
    }

    private List<string> Steps(TypedVerb typed)
    {
        if (typed.Argument("manifest") is not { } manifest)
        {
            return [];
        }

        try
        {
            return [.. stepsOf(manifest, [.. typed.Values("set").Select(set => new ManifestChange(ChangeKind.Set, set))])];
        }
        catch (Exception failure) when (IsNothingToOffer(failure))
        {
            return [];
        }
    }

    private List<string> Numbers(TypedVerb typed) => InStore(typed, store => store.Runs.Find(new() { Most = RunsOffered }).Select(run => $"{run.Id}"));

    private List<string> InStore(TypedVerb typed, Func<ExistingStore, IEnumerable<string>> look)
    {
        try
        {
            using var store = new ExistingStore(machine, typed.Argument("manifest"), typed.Values("store").LastOrDefault());
            return [.. look(store)];
        }
        catch (Exception failure) when (IsNothingToOffer(failure))
        {
            return [];
        }
    }

    /// <summary>Whoever presses a key for a word is not told what is wrong with the rest of the line.</summary>
    private static bool IsNothingToOffer(Exception failure) => failure is UserException or DataException or IOException or UnauthorizedAccessException;
}
