using System.Text.Json;
using AngelSlim.Core.Manifests.Reading;

namespace AngelSlim.Core.Manifests.Schemas.Validation;

/// <summary>When two JSON values are one: by value of numbers, whatever the order of members, wherever they stood.</summary>
internal sealed class JsonEquality : IEqualityComparer<LocatedValue>
{
    /// <summary>There is one.</summary>
    public static JsonEquality Instance { get; } = new();

    private JsonEquality()
    {
    }

    /// <inheritdoc/>
    public bool Equals(LocatedValue? x, LocatedValue? y) => x!.Kind == y!.Kind && x.Kind switch
    {
        JsonValueKind.String => x.Text == y.Text,
        JsonValueKind.Number => ExactNumber.Parse(x.Text) == ExactNumber.Parse(y.Text),
        JsonValueKind.Array => x.Items.SequenceEqual(y.Items, this),
        JsonValueKind.Object => SameMembers(x, y),
        _ => true,
    };

    /// <inheritdoc/>
    public int GetHashCode(LocatedValue obj) => obj.Kind switch
    {
        JsonValueKind.String => obj.Text.GetHashCode(StringComparison.Ordinal),
        JsonValueKind.Number => ExactNumber.Parse(obj.Text).GetHashCode(),
        JsonValueKind.Array => obj.Items.Aggregate(obj.Items.Count, (hash, item) => HashCode.Combine(hash, GetHashCode(item))),
        JsonValueKind.Object => obj.Members.Aggregate(0, (hash, member) => hash ^ HashCode.Combine(member.Name, GetHashCode(member.Value))),
        _ => (int)obj.Kind,
    };

    private bool SameMembers(LocatedValue x, LocatedValue y)
    {
        if (x.Members.Count != y.Members.Count)
        {
            return false;
        }

        var others = new Dictionary<string, LocatedValue>(StringComparer.Ordinal);
        foreach (var member in y.Members)
        {
            others.TryAdd(member.Name, member.Value);
        }

        return x.Members.All(member => others.TryGetValue(member.Name, out var other) && Equals(member.Value, other));
    }
}
