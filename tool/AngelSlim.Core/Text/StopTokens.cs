using System.Text.Json;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Text;

/// <summary>The ids that end an answer: <c>eos_token_id</c> of <c>generation_config.json</c>, else of <c>config.json</c>.</summary>
internal static class StopTokens
{
    private const int LargestFile = 1 << 20;

    /// <param name="folder">The target's folder.</param>
    /// <exception cref="DataException">Neither file says it; without an end no loss mask can be made.</exception>
    public static IReadOnlySet<int> Load(string folder)
    {
        foreach (var name in new[] { "generation_config.json", "config.json" })
        {
            var path = Path.Combine(folder, name);
            if (File.Exists(path) && Read(path) is { Count: > 0 } ids)
            {
                return ids;
            }
        }

        throw new DataException(
            ProblemCode.BadConfig, "no \"eos_token_id\" in generation_config.json or config.json: it says where an answer ends", new TextPlace(folder));
    }

    private static HashSet<int> Read(string path)
    {
        if (new FileInfo(path).Length > LargestFile)
        {
            throw new DataException(ProblemCode.BadConfig, $"more than {LargestFile} bytes", new TextPlace(path));
        }

        try
        {
            using var config = JsonDocument.Parse(File.ReadAllBytes(path));
            if (config.RootElement.ValueKind is not JsonValueKind.Object || !config.RootElement.TryGetProperty("eos_token_id", out var ids))
            {
                return [];
            }

            return ids.ValueKind is JsonValueKind.Array ? [.. ids.EnumerateArray().Select(id => Id(id, path))]
                : ids.ValueKind is JsonValueKind.Null ? [] : [Id(ids, path)];
        }
        catch (JsonException failure)
        {
            throw new DataException(ProblemCode.BadConfig, "not JSON: " + failure.Reason(), failure.Place(path), failure);
        }
    }

    private static int Id(JsonElement json, string path) => json.ValueKind is JsonValueKind.Number && json.TryGetInt32(out var id) && id >= 0
        ? id
        : throw new DataException(ProblemCode.BadConfig, $"\"eos_token_id\" must be whole numbers from 0 on, found {json.GetRawText()}", new TextPlace(path));
}
