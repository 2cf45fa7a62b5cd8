using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Artifacts;

/// <summary>The one way in which artifacts keep records as JSON.</summary>
internal static class ArtifactJson
{
    /// <summary>Camel case, indented, enums by name, unknown and missing members refused.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        IgnoreReadOnlyProperties = false,
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = JsonTypeInfoResolver.Combine(FiguresJson.Default, new DefaultJsonTypeInfoResolver()),
    };

    /// <summary>Writes a record; the caller publishes the folder.</summary>
    public static void Write<T>(string path, T value) => File.WriteAllText(path, JsonSerializer.Serialize(value, Options) + "\n");

    /// <summary>Reads a record that <see cref="Write{T}"/> wrote.</summary>
    /// <exception cref="DataException">It is not one.</exception>
    public static T Read<T>(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllText(path), Options)
                ?? throw new DataException(ProblemCode.StoreCorrupt, $"{typeof(T).Name} expected, null found. {WhatToDo(path)}", new TextPlace(path));
        }
        catch (JsonException e)
        {
            throw new DataException(ProblemCode.StoreCorrupt, $"{typeof(T).Name} expected: {e.Reason()} {WhatToDo(path)}", e.Place(path), e);
        }
    }

    /// <summary>A result with a file less is damaged: the run puts it away and makes it again.</summary>
    private static string WhatToDo(string path) => $"Delete the folder {Path.GetDirectoryName(path)} and run again: it is made anew.";
}

/// <summary>What every run reads at its end, compiled: to find out about a type takes longer than all the rest of a run with nothing to do.</summary>
[JsonSerializable(typeof(EvaluationSummary))]
[JsonSerializable(typeof(EvaluationTiming))]
internal sealed partial class FiguresJson : JsonSerializerContext;
