using System.Globalization;
using System.Text.Json;

namespace AngelSlim.Core.Planning;

/// <summary>A recipe as a flat table: every scalar by its dotted path, <c>settings.training.unroll</c> or <c>inputs.train[0]</c>.</summary>
internal static class RecipeLeaves
{
    private const string Settings = "settings.";
    private const string Inputs = "inputs.";

    /// <summary>The table. Values are spelled as in the recipe, and so canonically.</summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public static Dictionary<string, string> Of(string recipe)
    {
        var leaves = new Dictionary<string, string>(StringComparer.Ordinal);
        using var document = JsonDocument.Parse(recipe);
        Walk(document.RootElement, "", leaves);
        return leaves;
    }

    /// <summary>The path is that of a setting.</summary>
    public static bool IsSetting(string path) => path.StartsWith(Settings, StringComparison.Ordinal);

    /// <summary>The path is that of an input.</summary>
    public static bool IsInput(string path) => path.StartsWith(Inputs, StringComparison.Ordinal);

    /// <summary>The path within settings or inputs: <c>training.unroll</c>, <c>train[0]</c>.</summary>
    public static string Within(string path) => IsSetting(path) ? path[Settings.Length..] : IsInput(path) ? path[Inputs.Length..] : path;

    private static void Walk(JsonElement element, string path, Dictionary<string, string> leaves)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    Walk(member.Value, path.Length is 0 ? member.Name : $"{path}.{member.Name}", leaves);
                }

                break;
            case JsonValueKind.Array:
                foreach (var (i, item) in element.EnumerateArray().Index())
                {
                    Walk(item, string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), leaves);
                }

                break;
            default:
                leaves[path] = element.GetRawText();
                break;
        }
    }
}
