namespace AngelSlim.Core.Artifacts;

/// <summary>Names a result before it is made: the stage, and the digest of the recipe. Equal keys give equal bytes on machines of one kind with as many threads; <c>artifact.json</c> says how many there were.</summary>
/// <param name="Stage">The stage's name; a folder in the store.</param>
/// <param name="Recipe">Digest of the recipe's text.</param>
internal sealed record StepKey(string Stage, Digest Recipe)
{
    /// <summary>Its folder below <c>objects</c> and <c>work</c>.</summary>
    public string RelativePath => Path.Combine(Stage, Recipe.Hex);

    /// <summary>Short, for people: <c>train/3f2a90c1</c>.</summary>
    public override string ToString() => $"{Stage}/{Recipe.Hex[..8]}";
}
