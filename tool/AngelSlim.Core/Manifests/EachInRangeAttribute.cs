namespace AngelSlim.Core.Manifests;

/// <summary>The range of every item of a list, or of every value of a table.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EachInRangeAttribute(int minimum, int maximum) : RuleAttribute
{
    /// <summary>Inclusive.</summary>
    public int Minimum { get; } = minimum;

    /// <summary>Inclusive.</summary>
    public int Maximum { get; } = maximum;
}
