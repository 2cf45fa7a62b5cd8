using System.Text.Json;
using AngelSlim.Core.Artifacts;

namespace AngelSlim.Core.Upkeep;

/// <summary>Results that something is made of, found by the digests in recipes: no index is asked.</summary>
internal static class Reached
{
    /// <summary>Some results and everything in the store that they were made of.</summary>
    /// <param name="roots">Where to begin.</param>
    /// <param name="objects">All that is in the store.</param>
    public static IReadOnlySet<StepKey> From(IEnumerable<StepKey> roots, IReadOnlyList<StoredObject> objects)
    {
        var readable = objects.Where(found => found.Fault is null).ToList();
        var recipes = readable.ToDictionary(found => found.Key, found => found.Recipe!);
        var byDigest = readable.ToLookup(found => found.Artifact!.Listing.Digest.Hex, found => found.Key);
        var reached = new HashSet<StepKey>();
        var open = new Stack<StepKey>(roots);
        while (open.TryPop(out var key))
        {
            if (reached.Add(key) && recipes.TryGetValue(key, out var recipe))
            {
                foreach (var input in Inputs(recipe).SelectMany(input => byDigest[input.Digest]))
                {
                    open.Push(input);
                }
            }
        }

        return reached;
    }

    /// <summary>What a recipe says that is read: name, place in a list, digest.</summary>
    public static IReadOnlyList<(string Name, int Position, string Digest)> Inputs(string recipe)
    {
        try
        {
            return [.. from input in RecipeInputs.Of(recipe)
                       from digest in input.Index()
                       select (input.Key, digest.Index, digest.Item)];
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return [];
        }
    }
}
