namespace AngelSlim.Core.Manifests;

/// <summary>A value of a setting whose form is not obvious, for editors.</summary>
/// <param name="json">As it would stand in a manifest.</param>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
public sealed class ExampleAttribute(string json) : Attribute
{
    /// <summary>As it would stand in a manifest.</summary>
    public string Json { get; } = json;
}
