using AngelSlim.Core.Manifests;
using AngelSlim.Core.Text;

namespace AngelSlim.Torch.Targets;

/// <summary>Reads <c>config.json</c> by the family that it names.</summary>
internal static class TargetConfigReader
{
    /// <summary>The config of a checkpoint.</summary>
    /// <param name="folder">With <c>config.json</c>, and perhaps <c>generation_config.json</c>.</param>
    /// <param name="families">Among which it finds its own; null: those of the tool.</param>
    /// <exception cref="DataException">A file is not sound, or asks for what we do not support.</exception>
    public static TargetConfig Read(string folder, IReadOnlyList<TargetFamily>? families = null)
    {
        var config = ConfigObject.Read(Path.Combine(folder, "config.json"));
        var parsed = FindFamily(config, families ?? TargetCatalog.Families).Read(config);
        var (ids, file) = StopTokens.Find(folder);
        return ids.All(id => id < parsed.Vocabulary)
            ? parsed with { EndIds = ids }
            : throw ConfigObject.Read(file).Refuse("eos_token_id", $"ids below vocab_size {parsed.Vocabulary}");
    }

    private static TargetFamily FindFamily(ConfigObject config, IReadOnlyList<TargetFamily> families)
    {
        var architectures = config.Texts("architectures");
        var byArchitecture = architectures.Count > 0;
        return families.FirstOrDefault(family => byArchitecture ? architectures[0] == family.Architecture : config.Text("model_type") == family.ModelType)
            ?? throw config.Refuse(
                byArchitecture ? "architectures" : "model_type",
                $"{string.Join(", ", families.Select(family => byArchitecture ? family.Architecture : family.ModelType))}, and what an assembly brings that target.assembly names");
    }
}
