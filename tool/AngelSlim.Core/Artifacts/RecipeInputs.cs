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
        return inputs.SelectMany(input => Digests(input.Value), (input, digest) => (input.Key, digest)).ToLookup(each => each.Key, each => each.digest);
    }

    private static IEnumerable<string> Digests(JsonNode? input) => input switch
    {
        null => [],
        JsonArray items => items.SelectMany(Digests),
        _ => [(string)input!],
    };
}
