using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Text;

/// <summary>The ids that end an answer: <c>eos_token_id</c> of <c>generation_config.json</c>, else of <c>config.json</c>.</summary>
/// <remarks>An empty list says nothing, as null and a missing member do.</remarks>
internal static class StopTokens
{
    private static readonly string[] Files = ["generation_config.json", "config.json"];

    /// <summary>The ids, of which there must be one.</summary>
    /// <param name="folder">The target's folder.</param>
    /// <exception cref="DataException">Neither file says it; without an end no loss mask can be made.</exception>
    public static IReadOnlySet<int> Load(string folder) => Find(folder).Ids is { Count: > 0 } ids
        ? ids.ToHashSet()
        : throw new DataException(
            ProblemCode.BadConfig, "no \"eos_token_id\" in generation_config.json or config.json: it says where an answer ends", new TextPlace(folder));

    /// <summary>The ids as the file has them, perhaps none, and the file.</summary>
    /// <param name="folder">The target's folder.</param>
    /// <exception cref="DataException">A file is not one sound object, or has something else there.</exception>
    public static (IReadOnlyList<int> Ids, string File) Find(string folder)
    {
        foreach (var path in Files.Select(name => Path.Combine(folder, name)).Where(File.Exists))
        {
            if (ConfigObject.Read(path).Ids("eos_token_id") is { Count: > 0 } ids)
            {
                return (ids, path);
            }
        }

        return ([], Path.Combine(folder, Files[^1]));
    }
}
