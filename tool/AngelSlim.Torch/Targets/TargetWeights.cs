using AngelSlim.Core.Manifests;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Targets;

/// <summary>The names and sizes of a target's weights, in the spelling of checkpoints.</summary>
internal static class TargetWeights
{
    public const string Embedding = "model.embed_tokens.weight";
    public const string FinalNorm = "model.norm.weight";
    public const string Head = "lm_head.weight";

    // Older files carry this buffer; it is computed from the config and never read.
    private const string ComputedBuffer = ".rotary_emb.inv_freq";
    private const int NamesShown = 5;

    /// <summary>The name of a layer's weight.</summary>
    /// <param name="layer">0-based.</param>
    /// <param name="part">For example <c>self_attn.q_proj.weight</c>.</param>
    public static string OfLayer(int layer, string part) => $"model.layers.{layer}.{part}";

    /// <summary>Every weight that a target of this config has, with its shape; a tied head is not listed.</summary>
    public static IReadOnlyDictionary<string, long[]> Shapes(TargetConfig config)
    {
        var shapes = new Dictionary<string, long[]>(StringComparer.Ordinal)
        {
            [Embedding] = [config.Vocabulary, config.Width],
            [FinalNorm] = [config.Width],
        };
        if (!config.TiedHead)
        {
            shapes[Head] = [config.Vocabulary, config.Width];
        }

        for (var layer = 0; layer < config.Layers; layer++)
        {
            foreach (var (part, shape) in PartsOfLayer(config))
            {
                shapes[OfLayer(layer, part)] = shape;
            }
        }

        return shapes;
    }

    /// <summary>Checks that a checkpoint has what the config says and nothing that would have to be computed with.</summary>
    /// <exception cref="DataException">A weight is missing, has another shape, or is one too many; or a tied head differs from the embedding.</exception>
    public static void Check(CheckpointFolder checkpoint, TargetConfig config)
    {
        var expected = Shapes(config);
        Refuse(checkpoint, expected.Keys.Where(name => !checkpoint.Has(name)), "missing; config.json asks for them");
        foreach (var (name, shape) in expected.Where(entry => !entry.Value.SequenceEqual(checkpoint.Shape(entry.Key))))
        {
            throw Wrong(checkpoint, $"'{name}' should have shape [{string.Join(", ", shape)}] by config.json but has [{string.Join(", ", checkpoint.Shape(name))}]");
        }

        if (expected.Keys.FirstOrDefault(name => !checkpoint.Type(name).IsFloat) is { } quantised)
        {
            throw Wrong(checkpoint, $"'{quantised}' should be F32, F16 or BF16 but is {checkpoint.Type(quantised).Name}");
        }

        var more = checkpoint.Names.Where(name => !expected.ContainsKey(name) && !name.EndsWith(ComputedBuffer, StringComparison.Ordinal));
        Refuse(checkpoint, more.Where(name => !(config.TiedHead && name is Head)), "unknown here; by config.json this target does not have them");
        CheckTiedHead(checkpoint, config);
    }

    private static IEnumerable<(string Part, long[] Shape)> PartsOfLayer(TargetConfig config)
    {
        long width = config.Width, inner = config.InnerWidth;
        var (query, key) = ((long)config.Heads.Heads * config.Heads.Channels, (long)config.Heads.KeyHeads * config.Heads.Channels);
        (string Name, long[] Shape)[] attention = [("q_proj", [query, width]), ("k_proj", [key, width]), ("v_proj", [key, width]), ("o_proj", [width, query])];
        (string Name, long[] Shape)[] mlp = [("gate_proj", [inner, width]), ("up_proj", [inner, width]), ("down_proj", [width, inner])];
        var matrices = attention.Select(entry => (Part: $"self_attn.{entry.Name}", entry.Shape, Biased: config.AttentionBias))
            .Concat(mlp.Select(entry => (Part: $"mlp.{entry.Name}", entry.Shape, Biased: config.MlpBias)))
            .ToList();
        (string, long[])[] norms = [("input_layernorm.weight", [width]), ("post_attention_layernorm.weight", [width])];
        (string, long[])[] headNorms = [("self_attn.q_norm.weight", [config.Heads.Channels]), ("self_attn.k_norm.weight", [config.Heads.Channels])];
        return matrices.Select(matrix => ($"{matrix.Part}.weight", matrix.Shape))
            .Concat(matrices.Where(matrix => matrix.Biased).Select(matrix => ($"{matrix.Part}.bias", new[] { matrix.Shape[0] })))
            .Concat(norms)
            .Concat(config.Family.QueryKeyNorm ? headNorms : []);
    }

    /// <summary>transformers 5 would use the file's head, transformers 4 and vLLM the embedding: two different models in one file.</summary>
    private static void CheckTiedHead(CheckpointFolder checkpoint, TargetConfig config)
    {
        if (!config.TiedHead || !checkpoint.Has(Head))
        {
            return;
        }

        using var scope = NewDisposeScope();
        var (head, embedding) = (checkpoint.Load(Head), checkpoint.Load(Embedding));
        if (!head.shape.SequenceEqual(embedding.shape) || head.dtype != embedding.dtype || !head.Equals(embedding))
        {
            throw Wrong(checkpoint, $"'{Head}' differs from '{Embedding}', but config.json says tie_word_embeddings: set it to false, or remove the tensor");
        }
    }

    private static void Refuse(CheckpointFolder checkpoint, IEnumerable<string> names, string why)
    {
        var all = names.Order(StringComparer.Ordinal).ToList();
        if (all.Count > 0)
        {
            var rest = all.Count > NamesShown ? $" and {all.Count - NamesShown} more" : "";
            throw Wrong(checkpoint, $"these weights are {why}: {string.Join(", ", all.Take(NamesShown))}{rest}");
        }
    }

    private static DataException Wrong(CheckpointFolder checkpoint, string message) =>
        new(ProblemCode.BadWeights, $"{message}. Fetch the checkpoint again, or name another.", checkpoint.Place);
}
