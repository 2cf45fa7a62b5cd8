namespace AngelSlim.Core.Manifests.Schemas.Validation;

/// <summary>Which members and items of a value some schema has spoken of: <c>unevaluated…</c> asks for the others.</summary>
/// <param name="isAsked">Whether any schema asks; otherwise nothing is noted.</param>
internal sealed class Evaluated(bool isAsked)
{
    private HashSet<string>? _members;
    private HashSet<int>? _items;

    /// <summary>A member was spoken of.</summary>
    public void Add(string member)
    {
        if (isAsked)
        {
            (_members ??= new(StringComparer.Ordinal)).Add(member);
        }
    }

    /// <summary>An item was spoken of.</summary>
    public void Add(int item)
    {
        if (isAsked)
        {
            (_items ??= []).Add(item);
        }
    }

    /// <summary>All that another schema has spoken of.</summary>
    public void Add(Evaluated other)
    {
        if (other._members is { } members)
        {
            (_members ??= new(StringComparer.Ordinal)).UnionWith(members);
        }

        if (other._items is { } items)
        {
            (_items ??= []).UnionWith(items);
        }
    }

    public bool Has(string member) => _members?.Contains(member) is true;

    public bool Has(int item) => _items?.Contains(item) is true;
}
