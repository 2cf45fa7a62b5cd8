using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests.Reading;

namespace AngelSlim.Core.Manifests;

/// <summary>Settings records as JSON, by the same shape that reads them; documents that are printed too.</summary>
/// <remarks>Not by the framework's serialiser: its first use takes a tenth of a second, a quarter of all that a run with nothing to do may take.</remarks>
internal static class SettingsJson
{
    /// <summary>Every member of a record in its order: camel case, enums as words, null included.</summary>
    /// <param name="settings">A record.</param>
    /// <param name="incidentals">What becomes of settings that change no result.</param>
    public static JsonObject Of(object settings, Incidentals incidentals = Incidentals.Kept) => JsonObjects.Of(
        SettingsShape.Of(settings.GetType()).Where(member => incidentals is Incidentals.Kept || !member.Incidental),
        member => member.Name,
        member => Value(member.Property.GetValue(settings), incidentals));

    /// <summary>A time in UTC, to the millisecond: <c>2026-01-31T08:00:00.000Z</c>; sortable as text.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static JsonNode? Value(object? value, Incidentals incidentals) => value switch
    {
        null => null,
        JsonNode node => node.DeepClone(),
        string text => text,
        bool truth => truth,
        int number => number,
        long number => number,
        double number => number,
        DateTimeOffset time => Time(time),
        Enum choice => SettingsShape.Word(choice.ToString()),
        IDictionary table => JsonObjects.Of(table.Keys.Cast<string>(), key => key, key => Value(table[key], incidentals)),
        IEnumerable items => new JsonArray([.. items.Cast<object?>().Select(item => Value(item, incidentals))]),
        _ when SettingsShape.IsRecord(value.GetType()) => Of(value, incidentals),
        _ => throw new NotSupportedException($"{value.GetType().Name} has no form in JSON yet."),
    };
}
