using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Stages;

namespace AngelSlim.Core.Running;

/// <summary>An event as one line of JSON.</summary>
internal static class EventLine
{
    /// <summary>What every line says it is, and its version.</summary>
    public const string Form = "angelslim/event/1";

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The line, without its end.</summary>
    public static string Of(StepEvent happened)
    {
        var facts = EventFacts.From(happened.Event);
        var line = new JsonObject
        {
            ["form"] = Form,
            ["at"] = SettingsJson.Time(happened.At),
            ["step"] = happened.StepId,
            ["event"] = EventFacts.WordOf(facts.GetType()),
        };
        foreach (var (name, value) in SettingsJson.Of(facts, Incidentals.Kept))
        {
            line[name] = value?.DeepClone();
        }

        return line.ToJsonString(Relaxed);
    }

    /// <summary>What a stage told its log. Null for a line that is torn, or that no log has.</summary>
    public static StepEvent? Read(string line)
    {
        try
        {
            var json = JsonNode.Parse(line)!.AsObject();
            return Event(json) is { } happened ? new((string)json["step"]!, (DateTimeOffset)json["at"]!, happened) : null;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or FormatException or NullReferenceException or ArgumentNullException)
        {
            return null;
        }
    }

    private static RunEvent? Event(JsonObject json) => (string?)json["event"] switch
    {
        "progressed" => new Progressed((long)json["done"]!, (long)json["total"]!, (string)json["unit"]!) { Detail = (string?)json["detail"] },
        "measured" => new Measured((string)json["name"]!, (double?)json["value"] ?? double.NaN, (long?)json["of"]),
        "said" => new Said((string)json["text"]!, (bool)json["warning"]!),
        "failed" => new Failed((string)json["problem"]!, (string?)json["trace"]),
        _ => null,
    };
}
