namespace AngelSlim.Core.Stages;

/// <summary>Every stage there is, by name. A plain list in one file of the program: order is visible and a misspelling does not compile.</summary>
/// <exception cref="ArgumentException">Two stages share a name.</exception>
internal sealed class StageCatalog(IReadOnlyList<IStage> stages)
{
    private readonly Dictionary<string, IStage> _byName = stages.ToDictionary(stage => stage.Name, StringComparer.Ordinal);

    /// <summary>The stage of that name.</summary>
    /// <exception cref="InvalidOperationException">There is none: the program was put together without it.</exception>
    public IStage Get(string name) => _byName.TryGetValue(name, out var stage)
        ? stage
        : throw new InvalidOperationException($"There is no stage '{name}'; the program has {string.Join(", ", _byName.Keys)}.");
}
