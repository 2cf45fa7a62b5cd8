using System.Text.Json;
using System.Text.Json.Nodes;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Planning;

/// <summary>Everything that can change a step's bytes, as one canonical text. Its digest is the key; the text is kept beside the result.</summary>
/// <param name="Stage">The stage's name.</param>
/// <param name="Text">Canonical JSON: form, stage, version, device, settings, inputs.</param>
internal sealed record Recipe(string Stage, string Text)
{
    private const int Form = 1;

    /// <summary>Names the result.</summary>
    public StepKey Key => new(Stage, Digest.Of(Text));

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
            ["settings"] = CanonicalJson.Of(step.Settings, Incidentals.LeftOut),
            ["inputs"] = new JsonObject(inputs.Select(input => KeyValuePair.Create(InputName(input.Key), input.Value))),
        }));

    /// <summary>An input as recipes spell it: the constructor's parameter in camel case.</summary>
    public static string InputName(string parameter) => JsonNamingPolicy.CamelCase.ConvertName(parameter);

    /// <summary>What differs from an earlier recipe, one short sentence each: <c>training.unroll was 7, is 5</c>.</summary>
    public IReadOnlyList<string> DifferencesFrom(string earlier)
    {
        var (was, now) = (Leaves(earlier), Leaves(Text));
        return [.. was.Keys.Union(now.Keys).Order(StringComparer.Ordinal)
            .Where(path => was.GetValueOrDefault(path) != now.GetValueOrDefault(path))
            .Select(path => Difference(path, was.GetValueOrDefault(path), now.GetValueOrDefault(path)))
            .Distinct()];
    }

    private static string Difference(string path, string? was, string? now)
    {
        var parts = path.Split('.', 2);
        return parts[0] switch
        {
            "inputs" => $"input {parts[1].Split('[')[0]} has changed",
            "settings" => $"{parts[1]} was {was ?? "not there"}, is {now ?? "not there"}",
            _ => $"{path} was {was ?? "not there"}, is {now ?? "not there"}",
        };
    }

    /// <summary>Every scalar by its dotted path.</summary>
    private static Dictionary<string, string> Leaves(string recipe)
    {
        var leaves = new Dictionary<string, string>();
        Walk(JsonNode.Parse(recipe), "", leaves);
        return leaves;
    }

    private static void Walk(JsonNode? node, string path, Dictionary<string, string> leaves)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, member) in members)
                {
                    Walk(member, path.Length is 0 ? name : $"{path}.{name}", leaves);
                }

                break;
            case JsonArray items:
                for (var i = 0; i < items.Count; i++)
                {
                    Walk(items[i], $"{path}[{i}]", leaves);
                }

                break;
            default:
                leaves[path] = CanonicalJson.Write(node);
                break;
        }
    }
}
