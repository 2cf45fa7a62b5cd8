using System.Text.Json;
using System.Text.Json.Nodes;

namespace AngelSlim.Core.Artifacts;

/// <summary>How a result came about; for people, not part of any key.</summary>
/// <param name="At">When it was finished.</param>
/// <param name="Seconds">How long the last attempt took.</param>
/// <param name="Tool">Version of the tool.</param>
internal sealed record Making(DateTimeOffset At, double Seconds, string Tool)
{
    /// <summary>Threads of its attempts, each number once; more than one when a stopped step went on with another. Empty where nobody noted it.</summary>
    public IReadOnlyList<int> Threads { get; init; } = [];
}

/// <summary>A complete result in the store.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Folder">Absolute path of the stage's output.</param>
/// <param name="Listing">Its files.</param>
/// <param name="Made">When and how.</param>
internal sealed record StoredArtifact(StepKey Key, string Folder, ArtifactListing Listing, Making Made)
{
    private const string Form = "angelslim/artifact/1";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The text of <c>artifact.json</c>.</summary>
    public string ToJson()
    {
        var files = Listing.Files.Select(file => (JsonNode)new JsonObject { ["path"] = file.Path, ["size"] = file.Size, ["sha256"] = file.Sha256.Hex });
        return new JsonObject
        {
            ["form"] = Form,
            ["digest"] = Listing.Digest.Hex,
            ["made"] = new JsonObject { ["at"] = Made.At.ToString("O"), ["seconds"] = Made.Seconds, ["tool"] = Made.Tool, ["threads"] = new JsonArray([.. Made.Threads.Select(threads => (JsonNode)threads)]) },
            ["files"] = new JsonArray([.. files]),
        }.ToJsonString(Indented) + "\n";
    }

    /// <summary>Reads <c>artifact.json</c>.</summary>
    /// <exception cref="FormatException">It is not what <see cref="ToJson"/> writes, or its digest is not that of its lines.</exception>
    public static StoredArtifact Parse(string text, StepKey key, string folder)
    {
        try
        {
            var json = JsonNode.Parse(text)!;
            var files = json["files"]!.AsArray().Select(file =>
                new ListedFile((string)file!["path"]!, (long)file["size"]!, Digest.Parse((string)file["sha256"]!)));
            var listing = new ArtifactListing(files);
            if (listing.Files.FirstOrDefault(file => !IsBelow(file.Path)) is { } outside)
            {
                throw new FormatException($"'{outside.Path}' is no file of the result");
            }

            return (string)json["form"]! is Form && (string)json["digest"]! == listing.Digest.Hex
                ? new(key, folder, listing, MakingOf(json["made"]!))
                : throw new FormatException("its digest is not that of its files");
        }
        catch (Exception failure) when (failure is JsonException or NullReferenceException or InvalidOperationException or ArgumentException or OverflowException)
        {
            throw new FormatException($"artifact.json cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>A listing that comes from elsewhere may name what it likes; only names that lead into the folder are followed.</summary>
    private static bool IsBelow(string path) =>
        path.Split('/').All(part => part is not ("" or "." or "..")) && !path.Contains('\\') && !path.Contains('\0') && !Path.IsPathRooted(path);

    private static Making MakingOf(JsonNode made) => new((DateTimeOffset)made["at"]!, (double)made["seconds"]!, (string)made["tool"]!)
    {
        Threads = [.. made["threads"]?.AsArray().Select(threads => (int)threads!) ?? []],
    };
}
