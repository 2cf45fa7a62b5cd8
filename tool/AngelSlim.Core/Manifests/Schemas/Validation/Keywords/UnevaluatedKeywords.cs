using System.Text.Json;

namespace AngelSlim.Core.Manifests.Schemas.Validation.Keywords;

/// <summary>What no other keyword of the schema, nor of those that it brings in, has spoken of.</summary>
internal static class UnevaluatedKeywords
{
    public static void Check(Held held)
    {
        if (held.Value.Kind is JsonValueKind.Array && held.Keyword("unevaluatedItems") is { } items)
        {
            for (var i = 0; i < held.Value.Items.Count; i++)
            {
                if (!held.Evaluated.Has(i))
                {
                    held.DemandOf(i, items);
                }
            }
        }

        if (held.Value.Kind is JsonValueKind.Object && held.Keyword("unevaluatedProperties") is { } members)
        {
            foreach (var member in held.Value.Members.Where(member => !held.Evaluated.Has(member.Name)).ToList())
            {
                MemberKeywords.Other(held, "unevaluatedProperties", member, members);
            }
        }
    }
}
