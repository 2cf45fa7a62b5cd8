using System.Collections;
using System.ComponentModel.DataAnnotations;

namespace AngelSlim.Core.Manifests;

/// <summary>No item of the list may be there twice.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DistinctAttribute : ValidationAttribute
{
    /// <inheritdoc/>
    public override bool IsValid(object? value)
    {
        var seen = new HashSet<object?>();
        return value is null || ((IEnumerable)value).Cast<object?>().All(seen.Add);
    }
}
