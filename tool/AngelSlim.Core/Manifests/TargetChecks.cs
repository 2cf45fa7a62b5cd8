using System.Globalization;
using System.Text.Json;
using AngelSlim.Core.Manifests.Reading;
using AngelSlim.Core.Manifests.Settings;

namespace AngelSlim.Core.Manifests;

/// <summary>What a manifest asks of a target that this target cannot give, as far as its config.json says so. Whether the config itself is sound shows when the target is read.</summary>
internal static class TargetChecks
{
    private static readonly (string Member, string What)[] Senses = [("vision_config", "images"), ("audio_config", "sound")];

    /// <summary>Looks at the target that was found.</summary>
    /// <param name="experiment">What is asked.</param>
    /// <param name="target">Its folder; null when there is none, or none yet.</param>
    /// <param name="checks">Takes the problems.</param>
    public static void Check(Experiment experiment, string? target, CheckList checks)
    {
        if (target is null || Config(Path.Combine(target, "config.json")) is not { } config)
        {
            return;
        }

        if (experiment.Target is { Model: not null, Family: { } family } && checks.AreSound("target.family")
            && config.Find("model_type")?.Value is { Kind: JsonValueKind.String, Text: var type } && type != family)
        {
            checks.Wrong(ProblemCode.Contradiction, "target.family", $"'target.family' is {Shown.Quoted(family)}, and the target's config.json says {Shown.Quoted(type)}; correct one of them, or name another model.");
        }

        foreach (var (member, what) in Senses)
        {
            if (experiment.Modality is Modality.Text && checks.AreSound("modality") && config.Find(member)?.Value.Kind is JsonValueKind.Object)
            {
                checks.Wrong(ProblemCode.Contradiction, "modality", $"'modality' is 'text', but the target reads {what} too: its config.json has '{member}'. Name a target that reads text only.");
            }
        }

        HiddenLayers(experiment.Draft, config, checks);
    }

    private static void HiddenLayers(DraftSettings draft, LocatedValue config, CheckList checks)
    {
        if (draft.HiddenLayers is not { } kept || !checks.AreSound("draft.hiddenLayers")
            || config.Find("num_hidden_layers")?.Value is not { Kind: JsonValueKind.Number } written
            || !int.TryParse(written.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var layers))
        {
            return;
        }

        foreach (var (index, layer) in kept.Index().Where(each => each.Item >= layers))
        {
            checks.Wrong(ProblemCode.OutOfRange, "draft.hiddenLayers", index, $"'draft.hiddenLayers[{index}]' is {layer}; the target has {layers} layers, so expected 0 to {layers - 1}.");
        }
    }

    private static LocatedValue? Config(string path)
    {
        try
        {
            return LocatedJson.ReadFile(path, "config");
        }
        catch (UserException)
        {
            return null;
        }
    }
}
