namespace AngelSlim.Core.Manifests;

/// <summary>A rule for a setting that the framework's own attributes cannot say. The schema is written from it, and judges.</summary>
public abstract class RuleAttribute : Attribute;
