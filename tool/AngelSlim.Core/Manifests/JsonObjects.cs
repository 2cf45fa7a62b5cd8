using System.Text.Json.Nodes;

namespace AngelSlim.Core.Manifests;

/// <summary>Makes JSON objects of lists.</summary>
internal static class JsonObjects
{
    /// <summary>One member for each item, in their order.</summary>
    /// <remarks>Adds them one by one: what LINQ makes of pairs, which are structs, is compiled anew in every process.</remarks>
    public static JsonObject Of<T>(IEnumerable<T> items, Func<T, string> name, Func<T, JsonNode?> value)
    {
        var json = new JsonObject();
        foreach (var item in items)
        {
            json.Add(name(item), value(item));
        }

        return json;
    }
}
