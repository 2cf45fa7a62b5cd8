namespace AngelSlim.Core.Manifests.Schemas.Validation.Keywords;

/// <summary><c>$ref</c> and <c>$dynamicRef</c>.</summary>
internal static class ReferenceKeywords
{
    public static void Check(Held held)
    {
        if (held.Keyword("$ref") is { } reference)
        {
            held.Demand(held.Resolve(reference));
        }

        if (held.Keyword("$dynamicRef") is { } dynamicReference)
        {
            held.Demand(held.ResolveDynamic(dynamicReference));
        }
    }
}
