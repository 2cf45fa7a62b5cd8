using System.Text.Json;

namespace AngelSlim.Core.Manifests.Reading;

/// <summary>One change to a manifest before it is read: an option of the command line, or a point of a sweep.</summary>
/// <param name="Path">Names of members from the top: <c>training</c>, <c>unroll</c>.</param>
/// <param name="Value">What the member is set to, with its own place; null to take the member away.</param>
/// <param name="Place">Of the path's first character; a member that the manifest does not have stands at its name in the path.</param>
internal sealed record ManifestEdit(IReadOnlyList<string> Path, LocatedValue? Value, TextPlace Place)
{
    /// <summary>A dotted path in its parts.</summary>
    public static IReadOnlyList<string> Parts(string path) => path.Split('.');

    /// <summary>The value is added to the list at the path, behind what is there.</summary>
    public bool Appends { get; init; }

    /// <summary>The path was not typed as it is, so that its parts have no places of their own.</summary>
    public bool HasOnePlace { get; init; }

    /// <summary>The path with dots.</summary>
    public string Dotted => string.Join('.', Path);

    /// <summary>The manifest with the change; what the manifest says is kept wherever the change does not speak of it, and the manifest itself when nothing changes.</summary>
    public LocatedValue ApplyTo(LocatedValue manifest) => Value is null ? Without(manifest, depth: 0) : With(manifest, depth: 0);

    private LocatedValue With(LocatedValue at, int depth)
    {
        if (depth == Path.Count)
        {
            return Appends ? new(JsonValueKind.Array, "", Place) { Items = [.. at.Items, Value!] } : Value!;
        }

        // What is no object gives way: the schema will say what belongs there, at the place of the change.
        var (members, start) = at.Kind is JsonValueKind.Object ? (at.Members, at.Place) : ([], PlaceOf(Math.Max(depth - 1, 0)));
        var found = members.FirstOrDefault(member => member.Name == Path[depth]);
        var place = PlaceOf(depth);
        var inner = With(found?.Value ?? new(JsonValueKind.Object, "", place), depth + 1);
        var changed = depth == Path.Count - 1 || found is null ? new LocatedMember(Path[depth], place, inner) { NamePlace = place } : found with { Value = inner };
        return new(JsonValueKind.Object, "", start)
        {
            Members = found is null ? [.. members, changed] : [.. members.Select(member => ReferenceEquals(member, found) ? changed : member)],
        };
    }

    private LocatedValue Without(LocatedValue at, int depth)
    {
        if (at.Find(Path[depth]) is not { } found)
        {
            return at;
        }

        if (depth == Path.Count - 1)
        {
            return at with { Members = [.. at.Members.Where(member => member.Name != found.Name)] };
        }

        var inner = Without(found.Value, depth + 1);
        return ReferenceEquals(inner, found.Value)
            ? at
            : at with { Members = [.. at.Members.Select(member => ReferenceEquals(member, found) ? found with { Value = inner } : member)] };
    }

    private TextPlace PlaceOf(int depth) => HasOnePlace ? Place : Place with { Column = Place.Column + Path.Take(depth).Sum(name => name.Length + 1) };
}
