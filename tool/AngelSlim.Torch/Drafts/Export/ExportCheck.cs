using AngelSlim.Core.Manifests;

namespace AngelSlim.Torch.Drafts.Export;

/// <summary>Reads an exported draft as a stranger would, and names everything a server would swallow or choke on.</summary>
/// <remarks>
/// Servers load a draft without a weight, without its vocabulary map or with another count of layers, say nothing and
/// accept less, and the text stays right all the same: nothing downstream finds a broken export. So this reader shares no
/// name, no shape and no parser with the writer, and needs no tensor library.
/// </remarks>
internal static class ExportCheck
{
    private const int MostFaultsSaid = 8;

    /// <summary>Refuses an export that is not exactly the documented form.</summary>
    /// <param name="folder">Holds <c>config.json</c> and <c>model.safetensors</c>.</param>
    /// <exception cref="DataException">Names every tensor and key that deviates, the first eight in words.</exception>
    public static void Verify(string folder)
    {
        var faults = Faults(folder);
        if (faults.Count > 0)
        {
            var more = faults.Count > MostFaultsSaid ? $"; and {faults.Count - MostFaultsSaid} more" : "";
            throw new DataException(
                ProblemCode.BadDraft,
                $"a server would misread this draft: {string.Join("; ", faults.Take(MostFaultsSaid))}{more}. Export it again from the trained draft.",
                new TextPlace(folder));
        }
    }

    /// <summary>Every deviation, config first, then tensors; empty when the export is right.</summary>
    public static IReadOnlyList<string> Faults(string folder)
    {
        var faults = new List<string>();
        var config = CheckedConfig.Read(Path.Combine(folder, "config.json"), faults);
        using var weights = CheckedWeights.Open(Path.Combine(folder, "model.safetensors"), faults);
        if (config is not null && weights is not null)
        {
            Compare(Layout(config), weights, faults);
            CheckVocabulary(config, weights, faults);
            weights.CheckFinite(faults);
        }

        return faults;
    }

    /// <summary>The file as the servers' sources describe it: every name, its type and its shape.</summary>
    private static Dictionary<string, Expected> Layout(CheckedConfig config)
    {
        var (hidden, joined, inner) = (config.HiddenSize, config.AuxiliaryStates * config.TargetHiddenSize, config.IntermediateSize);
        var (queries, keys) = (config.Heads * config.HeadSize, config.KeyHeads * config.HeadSize);
        var layout = new Dictionary<string, Expected>(StringComparer.Ordinal)
        {
            ["d2t"] = new("I64", [config.DraftVocabulary]),
            ["t2d"] = new("BOOL", [config.Vocabulary]),
        };
        Float("fc.weight", hidden, joined);
        Float("norm.weight", hidden);
        Float("lm_head.weight", config.DraftVocabulary, hidden);
        Float("midlayer.input_layernorm.weight", hidden);
        Float("midlayer.hidden_norm.weight", hidden);
        Float("midlayer.post_attention_layernorm.weight", hidden);
        Float("midlayer.self_attn.q_proj.weight", queries, 2 * hidden);
        Float("midlayer.self_attn.k_proj.weight", keys, 2 * hidden);
        Float("midlayer.self_attn.v_proj.weight", keys, 2 * hidden);
        Float("midlayer.self_attn.o_proj.weight", hidden, queries);
        Float("midlayer.mlp.gate_proj.weight", inner, hidden);
        Float("midlayer.mlp.up_proj.weight", inner, hidden);
        Float("midlayer.mlp.down_proj.weight", hidden, inner);
        if (config.NormBeforeFc)
        {
            Float("input_norm.weight", joined);
        }

        for (var i = 0; config.FcNorm && i < config.AuxiliaryStates; i++)
        {
            Float($"fc_norm.{i}.weight", config.TargetHiddenSize);
        }

        return layout;

        void Float(string name, params long[] shape) => layout[name] = new Expected(config.FloatType, shape);
    }

    private static void Compare(Dictionary<string, Expected> layout, CheckedWeights weights, List<string> faults)
    {
        foreach (var (name, expected) in layout.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (!weights.Tensors.TryGetValue(name, out var found))
            {
                faults.Add($"{name} is missing");
                continue;
            }

            if (found.Type != expected.Type)
            {
                faults.Add($"{name} should be {expected.Type} but is {found.Type}");
            }

            if (!found.Shape.SequenceEqual(expected.Shape))
            {
                faults.Add($"{name} should have shape [{string.Join(", ", expected.Shape)}] but has [{string.Join(", ", found.Shape)}]");
            }
        }

        faults.AddRange(weights.Tensors.Keys.Where(name => !layout.ContainsKey(name)).Order(StringComparer.Ordinal).Select(name => $"{name} is no tensor of an Eagle3 draft"));
    }

    private static void CheckVocabulary(CheckedConfig config, CheckedWeights weights, List<string> faults)
    {
        if (weights.Integers("d2t", config.DraftVocabulary) is not { } offsets || weights.Flags("t2d", config.Vocabulary) is not { } known)
        {
            return; // already said by the comparison of types and shapes
        }

        var last = -1L;
        for (var word = 0; word < offsets.Length; word++)
        {
            // Compared without adding, so that no offset can overflow.
            if (offsets[word] < -word || offsets[word] >= config.Vocabulary - word || word + offsets[word] <= last)
            {
                faults.Add($"d2t[{word}] = {offsets[word]}: target ids (index + offset) should ascend within 0 to {config.Vocabulary - 1}");
                return;
            }

            last = word + offsets[word];
            if (known[last] != 1)
            {
                faults.Add($"t2d[{last}] should be true: draft word {word} is that target word");
                return;
            }
        }

        var marked = known.Count(flag => flag == 1);
        if (marked != offsets.Length || known.Any(flag => flag > 1))
        {
            faults.Add($"t2d should mark the {offsets.Length} words of d2t and no other, with bytes 0 and 1, but marks {known.Count(flag => flag != 0)}");
        }
    }

    private sealed record Expected(string Type, long[] Shape);
}
