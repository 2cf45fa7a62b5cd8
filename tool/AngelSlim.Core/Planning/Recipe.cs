using System.Text.Json;
using System.Text.Json.Nodes;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Planning;

/// <summary>One place in which two recipes differ.</summary>
/// <param name="Path">Dotted: <c>settings.training.unroll</c>, <c>inputs.train[0]</c>, <c>version</c>.</param>
/// <param name="Was">As the earlier recipe spells it; null when it has none.</param>
/// <param name="Now">As this recipe spells it; null when it has none.</param>
internal sealed record RecipeChange(string Path, string? Was, string? Now);

/// <summary>Everything that can change a step's bytes, as one canonical text. Its digest is the key; the text is kept beside the result.</summary>
/// <param name="Stage">The stage's name.</param>
/// <param name="Text">Canonical JSON: form, stage, version, device, settings, inputs.</param>
internal sealed record Recipe(string Stage, string Text)
{
    private const int Form = 1;

    /// <summary>Stands for the content of an input that is not made yet; no digest.</summary>
    private const string NotMade = "?";

    /// <summary>Names the result.</summary>
    public StepKey Key { get; } = new(Stage, Digest.Of(Text));

    /// <summary>The recipe of a step whose inputs are known.</summary>
    /// <param name="step">What is done.</param>
    /// <param name="inputs">By name: a digest, a list of digests, or null for what is left out.</param>
    public static Recipe Of(Step step, IReadOnlyDictionary<string, JsonNode?> inputs) =>
        new(step.Stage.Name, CanonicalJson.Write(new JsonObject
        {
            ["form"] = Form,
            ["stage"] = step.Stage.Name,
            ["version"] = step.Stage.Version,
            ["device"] = step.Stage.Device,
            ["settings"] = SettingsJson.Of(step.Settings, Incidentals.LeftOut),
            ["inputs"] = JsonObjects.Of(inputs.Keys, InputName, name => inputs[name]),
        }));

    /// <summary>The recipe as far as it is known: an input that is not made yet differs from every content.</summary>
    /// <param name="step">What is done.</param>
    /// <param name="made">Results of earlier steps, by step.</param>
    /// <param name="brought">Everything that the user brought for it.</param>
    public static Recipe Of(Step step, IReadOnlyDictionary<string, StoredArtifact> made, IReadOnlyDictionary<Artifact, SourceContent> brought)
    {
        JsonNode? Content(StepInput input) => input switch
        {
            FromStep from => made.TryGetValue(from.StepId, out var artifact) ? artifact.Listing.Digest.Hex : NotMade,
            Unfetched => NotMade,
            FromSource source => brought[source.Source].Digest.Hex,
            FromMany many => new JsonArray([.. many.Items.Select(Content)]),
            _ => null,
        };
        return Of(step, step.Inputs.Keys.ToDictionary(name => name, name => Content(step.Inputs[name])));
    }

    /// <summary>An input as recipes spell it: the constructor's parameter in camel case.</summary>
    public static string InputName(string parameter) => JsonNamingPolicy.CamelCase.ConvertName(parameter);

    /// <summary>What differs from an earlier recipe, by path.</summary>
    /// <exception cref="JsonException">The earlier one is no JSON.</exception>
    public IReadOnlyList<RecipeChange> ChangesFrom(string earlier)
    {
        var (was, now) = (RecipeLeaves.Of(earlier), RecipeLeaves.Of(Text));
        return [.. was.Keys.Union(now.Keys).Order(StringComparer.Ordinal)
            .Select(path => new RecipeChange(path, was.GetValueOrDefault(path), now.GetValueOrDefault(path)))
            .Where(change => change.Was != change.Now)];
    }
}
