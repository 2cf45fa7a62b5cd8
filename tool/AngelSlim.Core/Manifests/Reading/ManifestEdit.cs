using System.Text.Json;

namespace AngelSlim.Core.Manifests.Reading;

/// <summary>One change to a manifest before it is read: an option of the command line, or a point of a sweep.</summary>
/// <param name="Path">Names of members from the top: <c>training</c>, <c>unroll</c>.</param>
/// <param name="Value">What the member is set to, with its own place; null to take the member away.</param>
/// <param name="Place">Of the change itself; a member that the manifest does not have stands there.</param>
internal sealed record ManifestEdit(IReadOnlyList<string> Path, LocatedValue? Value, TextPlace Place)
{
    /// <summary>A dotted path in its parts.</summary>
    public static IReadOnlyList<string> Parts(string path) => path.Split('.');

    /// <summary>The manifest with the change; what the manifest says is kept wherever the change does not speak of it.</summary>
    public LocatedValue ApplyTo(LocatedValue manifest) => Change(manifest, depth: 0);

    private LocatedValue Change(LocatedValue at, int depth)
    {
        if (depth == Path.Count)
        {
            return Value!;
        }

        // What is no object gives way: the schema will say what belongs there, at the place of the change.
        var members = at.Kind is JsonValueKind.Object ? at.Members : [];
        var found = members.FirstOrDefault(member => member.Name == Path[depth]);
        if (Value is null && (found is null || depth == Path.Count - 1))
        {
            return at with { Members = [.. members.Where(member => member.Name != Path[depth])] };
        }

        var inner = Change(found?.Value ?? new(JsonValueKind.Object, "", Place), depth + 1);
        LocatedMember changed = new(Path[depth], depth == Path.Count - 1 || found is null ? Place : found.Place, inner);
        return new(JsonValueKind.Object, "", at.Place)
        {
            Members = found is null ? [.. members, changed] : [.. members.Select(member => ReferenceEquals(member, found) ? changed : member)],
        };
    }
}
