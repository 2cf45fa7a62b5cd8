using System.Reflection;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;

namespace AngelSlim.Core.Planning;

/// <summary>Where in a manifest the settings of stages come from, as <see cref="ComesFromAttribute"/> says.</summary>
internal static class SettingPaths
{
    /// <summary>The manifest's path of a stage's setting; the setting's own where nothing is said.</summary>
    /// <param name="settings">The stage's settings.</param>
    /// <param name="path">Dotted, within them: <c>training.unroll</c>, <c>hiddenLayers[0]</c>.</param>
    public static string InManifest(Type settings, string path)
    {
        var (at, type) = (settings.GetCustomAttribute<ComesFromAttribute>()?.Path ?? "", (Type?)settings);
        foreach (var part in path.Split('.'))
        {
            var name = part.Split('[')[0];
            var property = type is null || !SettingsShape.IsRecord(type) ? null : SettingsShape.Of(type).FirstOrDefault(member => member.Name == name)?.Property;
            var said = property?.GetCustomAttribute<ComesFromAttribute>()?.Path;
            at = said is null ? Join(at, part) : said + part[name.Length..];
            type = property?.PropertyType;
        }

        return at;
    }

    private static string Join(string path, string name) => path.Length is 0 ? name : $"{path}.{name}";
}
