namespace AngelSlim.Core.Manifests;

/// <summary>No item of the list may be there twice.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DistinctAttribute : RuleAttribute;
