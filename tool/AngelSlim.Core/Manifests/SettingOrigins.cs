using System.Globalization;
using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Manifests.Settings;

namespace AngelSlim.Core.Manifests;

/// <summary>What gave a setting its value.</summary>
internal enum OriginKind
{
    /// <summary>The manifest says it.</summary>
    Manifest,

    /// <summary>An option of the command line says it.</summary>
    Option,

    /// <summary>Another setting stands for it.</summary>
    Setting,

    /// <summary>Nobody says it.</summary>
    Default,
}

/// <summary>Where a setting's value comes from.</summary>
/// <param name="Kind">What gave it.</param>
/// <param name="Place">Where it is said; null for a default.</param>
/// <param name="By">The other setting, by its path; null unless that gave it.</param>
internal sealed record SettingOrigin(OriginKind Kind, TextPlace? Place = null, string? By = null)
{
    /// <summary>For people: <c>e.json(4,7)</c>, <c>--set training.unroll=5</c>, <c>default</c>.</summary>
    public override string ToString() => Kind switch
    {
        OriginKind.Default => "default",
        OriginKind.Option => Place!.Value.File,
        OriginKind.Setting => $"{By} at {Place}",
        _ => $"{Place}",
    };
}

/// <summary>A setting as it is understood.</summary>
/// <param name="Path">Dotted: <c>data.train[0]</c>.</param>
/// <param name="Value">Canonical JSON.</param>
/// <param name="Origin">Where it comes from.</param>
internal sealed record TracedSetting(string Path, string Value, SettingOrigin Origin);

/// <summary>Says of every setting of a manifest what value it has in the end, and who said so.</summary>
internal sealed class SettingOrigins(ReadExperiment read)
{
    private const string Compatibility = "training.compatibility";
    private readonly JsonObject _effective = EffectiveManifest.Of(read.Experiment);
    private readonly JsonObject _said = SettingsJson.Of(read.Experiment).AsObject();

    /// <summary>A setting, or all that lie beneath it; the whole manifest for an empty path.</summary>
    /// <param name="path">Dotted; items of lists as <c>tokens[0]</c>.</param>
    /// <exception cref="UserException">There is no such setting.</exception>
    public IReadOnlyList<TracedSetting> Beneath(string path)
    {
        var (found, value) = At(_effective, path);
        if (!found)
        {
            throw new UserException(ProblemCode.UnknownMember, $"There is no setting {Shown.Quoted(path)}{Advice(path)}");
        }

        return [.. Leaves(path, value).Select(leaf => new TracedSetting(leaf.Path, CanonicalJson.Write(leaf.Value), Of(leaf.Path)))];
    }

    /// <summary>Where the value at a path comes from; of what is in a list that is left out, where the list comes from.</summary>
    public SettingOrigin Of(string path)
    {
        if (CanonicalJson.Write(At(_effective, path).Value) != CanonicalJson.Write(At(_said, path).Value))
        {
            return new(OriginKind.Setting, read.PlaceOf(Compatibility.Split('.')), Compatibility);
        }

        return Given(path) is not { } given ? new(OriginKind.Default)
            : new(given.File == read.Path ? OriginKind.Manifest : OriginKind.Option, given);
    }

    private TextPlace? Given(string path)
    {
        var value = read.Json;
        foreach (var name in Names(path))
        {
            var next = name is int item ? value.Items.ElementAtOrDefault(item) : value.Find((string)name)?.Value;
            if (next is null)
            {
                return null;
            }

            value = next;
        }

        return value.Place;
    }

    private static IEnumerable<(string Path, JsonNode? Value)> Leaves(string path, JsonNode? value) => value switch
    {
        JsonObject { Count: > 0 } members => members.SelectMany(member => Leaves(path.Length is 0 ? member.Key : $"{path}.{member.Key}", member.Value)),
        _ => [(path, value)],
    };

    private static (bool Found, JsonNode? Value) At(JsonNode? node, string path)
    {
        foreach (var name in Names(path))
        {
            var found = (node, name) switch
            {
                (JsonObject members, string member) when members.ContainsKey(member) => (true, members[member]),
                (JsonArray items, int item) when item < items.Count => (true, items[item]),
                _ => (false, null),
            };
            if (!found.Item1)
            {
                return found;
            }

            node = found.Item2;
        }

        return (true, node);
    }

    /// <summary>Member names as texts, places in lists as numbers; what is malformed is a name that no member has.</summary>
    private static IEnumerable<object> Names(string path)
    {
        foreach (var part in path.Length is 0 ? [] : path.Split('.'))
        {
            var pieces = part.Split('[');
            yield return pieces[0];
            foreach (var piece in pieces[1..])
            {
                yield return piece.EndsWith(']') && int.TryParse(piece[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var item) ? item : $"[{piece}";
            }
        }
    }

    private static string Advice(string path)
    {
        var known = SettingsShape.Paths(typeof(Experiment)).ToList();
        var words = known.Select(each => each.Split('.')[^1]).ToList();
        var elsewhere = Suggestion.Nearest(path, words) is { } word ? known[words.IndexOf(word)] : null;
        return (Suggestion.Nearest(path, known) ?? elsewhere) is { } near ? $"; did you mean '{near}'?" : "; --value= shows all.";
    }
}
