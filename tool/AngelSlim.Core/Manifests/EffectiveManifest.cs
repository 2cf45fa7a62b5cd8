using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests.Settings;

namespace AngelSlim.Core.Manifests;

/// <summary>The manifest as it is understood: every member, defaults included, compatibility spelled out.</summary>
internal static class EffectiveManifest
{
    /// <summary>All of it, in the order of the records.</summary>
    public static JsonObject Of(Experiment experiment) => SettingsJson.Of(experiment.WithCompatibility());
}
