using System.Collections;
using System.ComponentModel.DataAnnotations;

namespace AngelSlim.Core.Manifests;

/// <summary>The range of every item of a list.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EachInRangeAttribute(int minimum, int maximum) : ValidationAttribute
{
    /// <summary>Inclusive.</summary>
    public int Minimum { get; } = minimum;

    /// <summary>Inclusive.</summary>
    public int Maximum { get; } = maximum;

    /// <inheritdoc/>
    public override bool IsValid(object? value) =>
        value is null || ((IEnumerable)value).Cast<int>().All(item => item >= Minimum && item <= Maximum);
}
