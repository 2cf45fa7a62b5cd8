namespace AngelSlim.Core.Manifests;

/// <summary>Says which part of a manifest fills a stage's setting, so that people are told of it by the name that they wrote.</summary>
/// <param name="path">Dotted: <c>data.maxTokens</c>; empty for the whole manifest.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class)]
public sealed class ComesFromAttribute(string path) : Attribute
{
    /// <summary>Dotted path in the manifest.</summary>
    public string Path { get; } = path;
}
