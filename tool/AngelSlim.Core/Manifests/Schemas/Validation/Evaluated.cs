namespace AngelSlim.Core.Manifests.Schemas.Validation;

/// <summary>Which members and items of a value some schema has spoken of: <c>unevaluated…</c> asks for the others.</summary>
internal sealed class Evaluated
{
    private readonly HashSet<string> _members = new(StringComparer.Ordinal);
    private readonly HashSet<int> _items = [];

    /// <summary>A member was spoken of.</summary>
    public void Add(string member) => _members.Add(member);

    /// <summary>An item was spoken of.</summary>
    public void Add(int item) => _items.Add(item);

    /// <summary>All that another schema has spoken of.</summary>
    public void Add(Evaluated other)
    {
        _members.UnionWith(other._members);
        _items.UnionWith(other._items);
    }

    public bool Has(string member) => _members.Contains(member);

    public bool Has(int item) => _items.Contains(item);
}
