using System.Text.Json;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Manifests.Schemas.Validation.Keywords;

namespace AngelSlim.Core.Manifests.Schemas.Validation;

/// <summary>One schema held against one value: what the keywords see and what they can do.</summary>
/// <param name="walk">Goes into other schemas.</param>
/// <param name="schema">An object.</param>
/// <param name="value">What it is held against.</param>
/// <param name="path">Of the value.</param>
/// <param name="scope">Resources come through, this schema's included.</param>
/// <param name="outcome">Takes what is found.</param>
internal sealed class Held(SchemaWalk walk, LocatedValue schema, LocatedValue value, string path, Scope scope, Outcome outcome)
{
    /// <summary>What the schema is held against.</summary>
    public LocatedValue Value => value;

    /// <summary>What has been spoken of so far.</summary>
    public Evaluated Evaluated => outcome.Evaluated;

    /// <summary>All keywords; those that ask what the others have left come last.</summary>
    public void Check()
    {
        ReferenceKeywords.Check(this);
        if (walk.Resources.HasLimits(schema))
        {
            CheckLimits();
        }

        if (value.Kind is JsonValueKind.Array)
        {
            ItemKeywords.Check(this);
        }
        else if (value.Kind is JsonValueKind.Object)
        {
            MemberKeywords.Check(this);
        }

        LogicKeywords.Check(this);
        UnevaluatedKeywords.Check(this);
    }

    /// <summary>A keyword's value; null when the schema does not have it.</summary>
    public LocatedValue? Keyword(string name) => schema.Find(name)?.Value;

    /// <summary>A keyword's value as a number; null when the schema does not have it.</summary>
    public ExactNumber? Limit(string name) => Keyword(name) is { Kind: JsonValueKind.Number } limit ? ExactNumber.Parse(limit.Text) : null;

    /// <summary>The value breaks a rule.</summary>
    public void Report(string keyword) => outcome.Findings.Add(new(keyword, path, schema, value));

    /// <summary>A member that the value has, or lacks, breaks a rule.</summary>
    public void Report(string keyword, string member, TextPlace place) =>
        outcome.Findings.Add(new(keyword, Join(path, member), schema, value) { Member = member, Place = place });

    /// <summary>An item breaks a rule.</summary>
    public void Report(string keyword, int item) =>
        outcome.Findings.Add(new(keyword, $"{path}[{item}]", schema, value.Items[item]));

    /// <summary>Whether a text has what a pattern of the schema looks for.</summary>
    public bool Matches(string text, string pattern, TextPlace place) => walk.Matches(text, pattern, place);

    /// <summary>Another schema that has to hold for the value too.</summary>
    public void Demand(LocatedValue other) => Adopt(Try(other));

    /// <summary>Takes over what holding another schema against the value has come to.</summary>
    public void Adopt(Outcome other)
    {
        // What a failing schema has spoken of counts too: the value is invalid already, and its members are not unknown on top of that.
        outcome.Findings.AddRange(other.Findings);
        outcome.Evaluated.Add(other.Evaluated);
    }

    /// <summary>Another schema held against the same value, without consequence.</summary>
    public Outcome Try(LocatedValue other) => walk.Hold(other, value, path, scope);

    /// <summary>A schema that has to hold for a member.</summary>
    public void DemandOf(LocatedMember member, LocatedValue other)
    {
        outcome.Findings.AddRange(walk.Hold(other, member.Value, Join(path, member.Name), scope).Findings);
        outcome.Evaluated.Add(member.Name);
    }

    /// <summary>A schema that has to hold for the name of a member.</summary>
    public void DemandOfName(LocatedMember member, LocatedValue other) =>
        outcome.Findings.AddRange(walk.Hold(other, new(JsonValueKind.String, member.Name, member.Place), Join(path, member.Name), scope).Findings);

    /// <summary>A schema that has to hold for an item.</summary>
    public void DemandOf(int item, LocatedValue other)
    {
        outcome.Findings.AddRange(Try(item, other).Findings);
        outcome.Evaluated.Add(item);
    }

    /// <summary>A schema held against an item, without consequence.</summary>
    public Outcome Try(int item, LocatedValue other) => walk.Hold(other, value.Items[item], $"{path}[{item}]", scope);

    /// <summary>The schema that a reference means here.</summary>
    public LocatedValue Resolve(LocatedValue reference) => walk.Resources.Resolve(schema, reference);

    /// <summary>The schema that a dynamic reference means here.</summary>
    public LocatedValue ResolveDynamic(LocatedValue reference) => walk.Resources.ResolveDynamic(schema, reference, scope);

    private void CheckLimits()
    {
        ValueKeywords.Check(this);
        switch (value.Kind)
        {
            case JsonValueKind.Number:
                NumberKeywords.Check(this);
                break;
            case JsonValueKind.String:
                TextKeywords.Check(this);
                break;
            case JsonValueKind.Array:
                ItemKeywords.CheckLimits(this);
                break;
            case JsonValueKind.Object:
                MemberKeywords.CheckLimits(this);
                break;
        }
    }

    private static string Join(string path, string name) => path.Length is 0 ? name : $"{path}.{name}";
}
