namespace AngelSlim.Core.Manifests.Schemas.Validation;

/// <summary>The schema resources that evaluation has come through, innermost first: what a <c>$dynamicRef</c> looks into.</summary>
/// <param name="Resource">Address of the innermost.</param>
/// <param name="Outer">Where it was entered from; null for the first.</param>
internal sealed record Scope(string Resource, Scope? Outer)
{
    /// <summary>This scope, with a resource entered if it is another.</summary>
    public Scope Enter(string resource) => resource == Resource ? this : new(resource, this);

    /// <summary>From the inside out.</summary>
    public IEnumerable<string> Resources()
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
        {
            yield return scope.Resource;
        }
    }
}
