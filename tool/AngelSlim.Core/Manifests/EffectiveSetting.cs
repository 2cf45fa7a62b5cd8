using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Manifests.Settings;

namespace AngelSlim.Core.Manifests;

/// <summary>One setting of an effective manifest.</summary>
/// <param name="Path">Dotted: <c>training.epochs</c>.</param>
/// <param name="Value">As JSON.</param>
/// <param name="IsDefault">It is what holds when nothing is said.</param>
internal sealed record EffectiveSetting(string Path, JsonNode? Value, bool IsDefault)
{
    /// <summary>Every setting of an effective manifest, in its order.</summary>
    /// <param name="effective">As it was recorded, perhaps by an older tool.</param>
    public static IEnumerable<EffectiveSetting> Of(JsonObject effective) => Of(effective, typeof(Experiment), "");

    private static IEnumerable<EffectiveSetting> Of(JsonObject values, Type record, string prefix)
    {
        var members = SettingsShape.Of(record).ToDictionary(member => member.Name);
        var defaults = SettingsJson.Of(Activator.CreateInstance(record)!).AsObject();
        foreach (var (name, value) in values)
        {
            var path = prefix + name;
            if (value is JsonObject inner && members.TryGetValue(name, out var member) && SettingsShape.IsRecord(member.Type) && SettingsShape.ValueType(member.Type) is null)
            {
                foreach (var setting in Of(inner, member.Type, path + "."))
                {
                    yield return setting;
                }
            }
            else
            {
                var isDefault = members.TryGetValue(name, out var known) && !known.Required && JsonNode.DeepEquals(value, defaults[name]);
                yield return new(path, value, isDefault);
            }
        }
    }
}
