using System.Text.Json;
using System.Text.Json.Nodes;

namespace AngelSlim.Core.Artifacts;

/// <summary>What a recipe, the text beside a result, says that the result was made of.</summary>
internal static class RecipeInputs
{
    /// <summary>The digests of each input, in order, by the input's name.</summary>
    /// <param name="recipe">Canonical JSON.</param>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    /// <exception cref="InvalidOperationException">It is not that of a recipe.</exception>
    public static ILookup<string, string> Of(string recipe)
    {
        var inputs = JsonNode.Parse(recipe)?["inputs"]?.AsObject() ?? [];
        var names = ((IDictionary<string, JsonNode?>)inputs).Keys;
        return names.SelectMany(name => Digests(inputs[name]), (name, digest) => new { name, digest }).ToLookup(each => each.name, each => each.digest);
    }

    private static IEnumerable<string> Digests(JsonNode? input) => input switch
    {
        null => [],
        JsonArray items => items.SelectMany(Digests),
        _ => [(string)input!],
    };
}
