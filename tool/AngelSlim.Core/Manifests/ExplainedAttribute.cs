namespace AngelSlim.Core.Manifests;

/// <summary>What a problem's code means, for <c>docs/problems.md</c>.</summary>
/// <param name="meaning">What is wrong, in a sentence.</param>
/// <param name="fix">What to do about it, in a sentence or two.</param>
[AttributeUsage(AttributeTargets.Field)]
internal sealed class ExplainedAttribute(string meaning, string fix) : Attribute
{
    /// <summary>What is wrong.</summary>
    public string Meaning { get; } = meaning;

    /// <summary>What to do about it.</summary>
    public string Fix { get; } = fix;
}
