using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;

namespace AngelSlim.Core.Manifests.Settings;

/// <summary>One experiment at several settings. What does not depend on a swept setting is made once for all of them.</summary>
public sealed record SweepSettings
{
    /// <summary>Values by dotted path of a setting, <c>{ "training.unroll": [3, 5, 7] }</c>: every combination is a point, the last path changes fastest.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<JsonNode?>> Grid { get; init; } = new Dictionary<string, IReadOnlyList<JsonNode?>>();

    /// <summary>Values that go together: the lists of one object are equally long, and are walked side by side; crossed with the grid.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, IReadOnlyList<JsonNode?>>> Zip { get; init; } = [];

    /// <summary>Points that are left out: those that have every value of one of these objects.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, JsonNode?>> Exclude { get; init; } = [];

    /// <summary>A sweep of more points, counted before any is excluded, is refused; 1 to 100000.</summary>
    [Range(1, 100_000)]
    public int MostPoints { get; init; } = 256;
}
