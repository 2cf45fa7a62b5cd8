using System.Globalization;
using System.Text.Json;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Reporting;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Core.Text;

namespace AngelSlim.Torch.Drafts.Export;

/// <summary>Model card and launch commands of an export.</summary>
internal static class ExportedTexts
{
    private const int LongestName = 200;

    /// <summary>Writes <c>README.md</c> and <c>launch/*.sh</c>.</summary>
    public static void Write(string folder, DraftConfig draft, DraftWordList words, ExportSettings settings)
    {
        var values = Values(draft, words, settings);
        Directory.CreateDirectory(Path.Combine(folder, "launch"));
        foreach (var (template, file) in new[] { ("README.md", "README.md"), ("vllm.sh", "launch/vllm.sh"), ("sglang.sh", "launch/sglang.sh") })
        {
            File.WriteAllText(Path.Combine(folder, file), TextTemplate.Fill($"export/{template}.scriban", values, typeof(ExportedTexts)));
        }
    }

    private static Dictionary<string, object?> Values(DraftConfig draft, DraftWordList words, ExportSettings settings)
    {
        var name = OneLine(settings.TargetName);
        return new()
        {
            ["target"] = name,
            ["base_model"] = settings.TargetHubId is { } id ? JsonSerializer.Serialize(OneLine(id)) : null, // a JSON text is a YAML text
            ["quoted_id"] = settings.TargetHubId is { } served ? Quoted(OneLine(served)) : null,
            ["quoted_wish"] = Quoted($"set TARGET to the folder of the target {name}"),
            ["quoted_revision"] = settings.TargetRevision is { } revision ? Quoted(OneLine(revision)) : null,
            ["tokens"] = settings.SpeculativeTokens,
            ["tree"] = settings.Tree,
            ["steps"] = settings.Tree?.Depth ?? settings.SpeculativeTokens,
            ["top_k"] = settings.Tree?.TopK ?? 1,
            ["verified"] = (settings.Tree?.Tokens ?? settings.SpeculativeTokens) + 1,
            ["speculators"] = settings.Speculators,
            ["dtype"] = settings.Dtype is Dtype.Bfloat16 ? "bfloat16" : "float32",
            ["parameters"] = DraftWeights.Shapes(draft).Values.Sum(shape => shape.Aggregate(1L, (product, size) => product * size)).ToString("N0", CultureInfo.InvariantCulture),
            ["draft_words"] = draft.DraftWords,
            ["target_words"] = draft.TargetWords,
            ["coverage"] = words.Coverage,
            ["layers"] = draft.HiddenLayers,
            ["norm_before_fc"] = draft.NormBeforeFc ? "one over the joined states" : draft.FcNorm ? "one over each state" : "none",
            ["norm_output"] = draft.NormOutput ? "yes" : "no",
            ["rope_theta"] = draft.Rope.Theta.ToString(CultureInfo.InvariantCulture),
        };
    }

    /// <summary>The name ends up in a shell command and in Markdown: no line end, no control character, no megabyte.</summary>
    private static string OneLine(string name) => string.Concat(name.Where(c => !char.IsControl(c)).Take(LongestName));

    /// <summary>One word of a POSIX shell, whatever is in it.</summary>
    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
