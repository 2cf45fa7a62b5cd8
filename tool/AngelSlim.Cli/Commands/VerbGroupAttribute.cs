namespace AngelSlim.Cli.Commands;

/// <summary>A verb of two words; those with the same first word stand together.</summary>
/// <param name="name">The first word.</param>
/// <param name="description">Of all verbs that begin with it.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class VerbGroupAttribute(string name, string description) : Attribute
{
    /// <summary>The first word.</summary>
    public string Name { get; } = name;

    /// <summary>Of all verbs that begin with it.</summary>
    public string Description { get; } = description;
}
