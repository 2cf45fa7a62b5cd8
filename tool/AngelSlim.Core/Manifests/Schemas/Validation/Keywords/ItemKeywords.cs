using System.Text.Json;
using AngelSlim.Core.Manifests.Reading;

namespace AngelSlim.Core.Manifests.Schemas.Validation.Keywords;

/// <summary>The items of lists.</summary>
internal static class ItemKeywords
{
    /// <summary>How many, and whether each is there once.</summary>
    public static void CheckLimits(Held held)
    {
        var count = ExactNumber.Of(held.Value.Items.Count);
        if (held.Limit("minItems") is { } least && count < least)
        {
            held.Report("minItems");
        }

        if (held.Limit("maxItems") is { } most && count > most)
        {
            held.Report("maxItems");
        }

        if (held.Keyword("uniqueItems") is { Kind: JsonValueKind.True })
        {
            Unique(held);
        }
    }

    /// <summary>What each has to be.</summary>
    public static void Check(Held held)
    {
        var items = held.Value.Items.Count;
        var first = held.Keyword("prefixItems")?.Items ?? [];
        for (var i = 0; i < Math.Min(first.Count, items); i++)
        {
            held.DemandOf(i, first[i]);
        }

        if (held.Keyword("items") is { } rest)
        {
            for (var i = first.Count; i < items; i++)
            {
                held.DemandOf(i, rest);
            }
        }

        if (held.Keyword("contains") is { } wanted)
        {
            Contains(held, wanted);
        }
    }

    private static void Unique(Held held)
    {
        var seen = new HashSet<LocatedValue>(JsonEquality.Instance);
        for (var i = 0; i < held.Value.Items.Count; i++)
        {
            if (!seen.Add(held.Value.Items[i]))
            {
                held.Report("uniqueItems", i);
            }
        }
    }

    private static void Contains(Held held, LocatedValue wanted)
    {
        var found = 0;
        for (var i = 0; i < held.Value.Items.Count; i++)
        {
            if (held.Try(i, wanted).IsValid)
            {
                found++;
                held.Evaluated.Add(i);
            }
        }

        if (ExactNumber.Of(found) < (held.Limit("minContains") ?? ExactNumber.Of(1)))
        {
            held.Report("contains");
        }

        if (held.Limit("maxContains") is { } most && ExactNumber.Of(found) > most)
        {
            held.Report("maxContains");
        }
    }
}
