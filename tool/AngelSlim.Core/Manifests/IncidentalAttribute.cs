namespace AngelSlim.Core.Manifests;

/// <summary>Marks a setting that changes how fast a stage works, never what it makes, and so stays out of its key.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class IncidentalAttribute : Attribute;
