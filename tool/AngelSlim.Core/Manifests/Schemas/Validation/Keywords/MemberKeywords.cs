using System.Text.Json;
using AngelSlim.Core.Manifests.Reading;

namespace AngelSlim.Core.Manifests.Schemas.Validation.Keywords;

/// <summary>The members of objects.</summary>
internal static class MemberKeywords
{
    /// <summary>How many, and which have to be there.</summary>
    public static void CheckLimits(Held held)
    {
        var count = ExactNumber.Of(held.Value.Members.Count);
        if (held.Limit("minProperties") is { } least && count < least)
        {
            held.Report("minProperties");
        }

        if (held.Limit("maxProperties") is { } most && count > most)
        {
            held.Report("maxProperties");
        }

        Required(held, "required", held.Keyword("required")?.Items ?? []);
        foreach (var dependent in held.Keyword("dependentRequired")?.Members ?? [])
        {
            if (held.Value.Find(dependent.Name) is not null)
            {
                Required(held, "dependentRequired", dependent.Value.Items);
            }
        }
    }

    /// <summary>What each has to be.</summary>
    public static void Check(Held held)
    {
        var named = held.Keyword("properties");
        var patterns = held.Keyword("patternProperties")?.Members ?? [];
        foreach (var member in held.Value.Members)
        {
            var known = false;
            if (named?.Find(member.Name) is { } property)
            {
                held.DemandOf(member, property.Value);
                known = true;
            }

            foreach (var pattern in patterns.Where(pattern => held.Matches(member.Name, pattern.Name, pattern.Place)))
            {
                held.DemandOf(member, pattern.Value);
                known = true;
            }

            if (!known && held.Keyword("additionalProperties") is { } others)
            {
                Other(held, "additionalProperties", member, others);
            }

            if (held.Keyword("propertyNames") is { } names)
            {
                held.DemandOfName(member, names);
            }
        }

        foreach (var dependent in held.Keyword("dependentSchemas")?.Members ?? [])
        {
            if (held.Value.Find(dependent.Name) is not null)
            {
                held.Demand(dependent.Value);
            }
        }
    }

    /// <summary>A member that no other keyword knows: where it stands is what is wrong with it if it may not be there.</summary>
    public static void Other(Held held, string keyword, LocatedMember member, LocatedValue others)
    {
        if (others.Kind is JsonValueKind.False)
        {
            held.Report(keyword, member.Name, member.Place);
            held.Evaluated.Add(member.Name);
        }
        else
        {
            held.DemandOf(member, others);
        }
    }

    private static void Required(Held held, string keyword, IEnumerable<LocatedValue> names)
    {
        foreach (var name in names.Where(name => held.Value.Find(name.Text) is null))
        {
            held.Report(keyword, name.Text, held.Value.Place);
        }
    }
}
