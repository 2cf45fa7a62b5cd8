using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using AngelSlim.Core.Manifests.Settings;

namespace AngelSlim.Core.Manifests.Reading;

/// <summary>Reads the options that make a sweep or add to it.</summary>
internal sealed partial class SweepChangeReader
{
    private const int LongestRange = 100_000;
    private readonly List<LocatedMember> _zip = [];
    private readonly HashSet<string> _swept = [];

    /// <summary>What an option changes; what goes together is whole after the last option only, see <see cref="Zip"/>.</summary>
    /// <exception cref="UserException">It cannot be read.</exception>
    public IReadOnlyList<ManifestEdit> Read(ManifestChange change)
    {
        switch (change.Kind)
        {
            case ChangeKind.Axis:
                var axis = Axis(change);
                return [Edit(axis.Value, axis.Place, "grid", axis.Name)];
            case ChangeKind.Zip:
                _zip.Add(Axis(change));
                return [];
            case ChangeKind.Exclude:
                var place = change.PlaceOf(0);
                return [Edit(new(JsonValueKind.Object, "", place) { Members = [.. Pieces(change.Text, from: 0).Select(piece => Setting(change, piece))] }, place, "exclude") with { Appends = true }];
            default:
                return [Edit(ChangeReader.Typed(change.Text, change.PlaceOf(0), ["sweep", "mostPoints"]), change.PlaceOf(0), "mostPoints")];
        }
    }

    /// <summary>Adds the one zip that the options have made, if any.</summary>
    public IReadOnlyList<ManifestEdit> Zip() => _zip.Count is 0
        ? []
        : [Edit(new(JsonValueKind.Object, "", _zip[0].Place) { Members = _zip }, _zip[0].Place, "zip") with { Appends = true }];

    private static ManifestEdit Edit(LocatedValue value, TextPlace place, params IReadOnlyList<string> path) => new(["sweep", .. path], value, place) { HasOnePlace = true };

    /// <summary>A path and its values.</summary>
    private LocatedMember Axis(ManifestChange change)
    {
        var equals = change.Text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            throw ChangeReader.Usage(change, change.Text.Length, $"{Shown.Quoted(change.Text)} has no '='; expected {change.Option} path=values");
        }

        var path = change.Text[..equals];
        var parts = ChangeReader.Parts(change, path, at: 0);
        if (!_swept.Add(path))
        {
            throw ChangeReader.Usage(change, 0, $"{Shown.Quoted(path)} is swept by an earlier option too; keep one");
        }

        var place = change.PlaceOf(0);
        var list = new LocatedValue(JsonValueKind.Array, "", change.PlaceOf(equals + 1)) { Items = Values(change, equals + 1, parts) };
        return new(path, place, list) { NamePlace = place };
    }

    /// <summary>The items of a JSON list, or what stands between commas: JSON, texts, and ranges of whole numbers.</summary>
    private static IReadOnlyList<LocatedValue> Values(ManifestChange change, int from, IReadOnlyList<string> parts)
    {
        var pieces = Pieces(change.Text, from);
        if (pieces is not [var only] || !only.Text.StartsWith('['))
        {
            return [.. pieces.SelectMany(piece => Range(change, piece) ?? [ChangeReader.Typed(piece.Text, change.PlaceOf(piece.At), parts)])];
        }

        // Of a setting that is a list itself, a list without a list in it is one value.
        var value = ChangeReader.Typed(only.Text, change.PlaceOf(only.At), parts);
        var takesList = SettingsShape.At(typeof(Experiment), parts) is { } setting && SettingsShape.ItemType(setting.Type) is not null;
        return value.Kind is JsonValueKind.Array && (!takesList || value.Items.Any(item => item.Kind is JsonValueKind.Array)) ? value.Items : [value];
    }

    /// <summary><c>1..8</c>; null when it is something else.</summary>
    private static LocatedValue[]? Range(ManifestChange change, (string Text, int At) piece)
    {
        if (WholeNumbers().Match(piece.Text) is not { Success: true } match)
        {
            return null;
        }

        var (first, last) = (int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
        if (last < first || last - first >= LongestRange)
        {
            throw ChangeReader.Usage(change, piece.At, $"{Shown.Quoted(piece.Text)} has {(last < first ? "no" : "too many")} numbers; expected the smaller one first, and at most {LongestRange} of them");
        }

        return [.. Enumerable.Range(first, last - first + 1).Select(number => new LocatedValue(JsonValueKind.Number, number.ToString(CultureInfo.InvariantCulture), change.PlaceOf(piece.At)))];
    }

    /// <summary>A path and one value.</summary>
    private static LocatedMember Setting(ManifestChange change, (string Text, int At) piece)
    {
        var equals = piece.Text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            throw ChangeReader.Usage(change, piece.At, $"{Shown.Quoted(piece.Text)} has no '='; expected --exclude path=value,path=value");
        }

        var path = piece.Text[..equals];
        var place = change.PlaceOf(piece.At);
        return new(path, place, ChangeReader.Typed(piece.Text[(equals + 1)..], change.PlaceOf(piece.At + equals + 1), ChangeReader.Parts(change, path, piece.At))) { NamePlace = place };
    }

    /// <summary>What stands between commas that are in no list, object or JSON text; with where it begins.</summary>
    private static List<(string Text, int At)> Pieces(string text, int from)
    {
        var pieces = new List<(string Text, int At)>();
        var (depth, isText, start) = (0, false, from);
        for (var at = from; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '\\' when isText:
                    at++;
                    break;
                case '"':
                    isText = !isText;
                    break;
                case '[' or '{' when !isText:
                    depth++;
                    break;
                case ']' or '}' when !isText:
                    depth--;
                    break;
                case ',' when !isText && depth is 0:
                    pieces.Add((text[start..at], start));
                    start = at + 1;
                    break;
            }
        }

        pieces.Add((text[start..], start));
        return pieces;
    }

    [GeneratedRegex(@"\A(-?[0-9]{1,9})\.\.(-?[0-9]{1,9})\z")]
    private static partial Regex WholeNumbers();
}
