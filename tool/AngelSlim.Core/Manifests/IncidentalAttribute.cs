namespace AngelSlim.Core.Manifests;

/// <summary>Marks a setting that changes how fast a stage works or where an input is found, never what is made of which bytes, and so stays out of keys.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class IncidentalAttribute : Attribute;
