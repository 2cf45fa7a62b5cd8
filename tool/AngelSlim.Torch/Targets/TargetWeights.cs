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

    /// <summary>Every weight that a target of this config has, in the order of the computation; a tied head is not listed.</summary>
    public static IEnumerable<TargetWeight> Of(TargetConfig config)
    {
        yield return new(Embedding, [config.Vocabulary, config.Width], WeightRole.Embedding);
        for (var layer = 0; layer < config.Layers; layer++)
        {
            foreach (var weight in config.Family.WeightsOfLayer(config, layer))
            {
                var packed = weight.Packed is { } place ? place with { Name = OfLayer(layer, place.Name) } : null;
                yield return weight with { Name = OfLayer(layer, weight.Name), Packed = packed };
            }
        }

        yield return new(FinalNorm, [config.Width], WeightRole.Norm);
        if (!config.TiedHead)
        {
            yield return new(Head, [config.Vocabulary, config.Width], WeightRole.Matrix);
        }
    }

    /// <summary>A weight by its own name, else the part of the packed tensor that holds it; a view of the file as it is mapped.</summary>
    public static Tensor Load(CheckpointFolder checkpoint, TargetWeight weight)
    {
        if (weight.Packed is not { } packed || checkpoint.Has(weight.Name))
        {
            return checkpoint.Load(weight.Name);
        }

        using var scope = NewDisposeScope();
        return checkpoint.Load(packed.Name)[packed.Expert].narrow(0, packed.FirstRow, weight.Shape[0]).MoveToOuterDisposeScope();
    }

    /// <summary>Checks that a checkpoint has what the config says and nothing that would have to be computed with.</summary>
    /// <exception cref="DataException">A weight is missing, has another shape, or is one too many; or a tied head differs from the embedding.</exception>
    public static void Check(CheckpointFolder checkpoint, TargetConfig config)
    {
        var listed = Of(config).ToList();
        RefuseUnknownLayout(checkpoint, listed);
        var expected = new Dictionary<string, IReadOnlyList<long>>(StringComparer.Ordinal);
        foreach (var weight in listed)
        {
            var (name, shape) = StandsPacked(checkpoint, weight) ? (weight.Packed!.Name, weight.Packed.Shape) : (weight.Name, weight.Shape);
            expected[name] = shape;
        }

        Refuse(checkpoint, expected.Keys.Where(name => !checkpoint.Has(name)), "missing; config.json asks for them");
        foreach (var (name, shape) in expected.Where(entry => !entry.Value.SequenceEqual(checkpoint.Shape(entry.Key))))
        {
            throw Wrong(checkpoint, $"'{name}' should have shape {Sizes(shape)} by config.json but has {Sizes(checkpoint.Shape(name))}");
        }

        if (expected.Keys.FirstOrDefault(name => !checkpoint.Type(name).IsFloat) is { } quantised)
        {
            throw Wrong(checkpoint, $"'{quantised}' should be F32, F16 or BF16 but is {checkpoint.Type(quantised).Name}");
        }

        var more = checkpoint.Names.Where(name => !expected.ContainsKey(name) && !name.EndsWith(ComputedBuffer, StringComparison.Ordinal));
        Refuse(checkpoint, more.Where(name => !(config.TiedHead && name is Head)), "unknown here; by config.json this target does not have them");
        CheckTiedHead(checkpoint, config);
    }

    private static bool StandsPacked(CheckpointFolder checkpoint, TargetWeight weight) =>
        weight.Packed is { } packed && !checkpoint.Has(weight.Name) && checkpoint.Has(packed.Name);

    /// <summary>A layout that nobody knows would else be a list of everything that is missing.</summary>
    private static void RefuseUnknownLayout(CheckpointFolder checkpoint, IReadOnlyList<TargetWeight> listed)
    {
        if (listed.FirstOrDefault(weight => weight.Packed is { } packed && !checkpoint.Has(weight.Name) && !checkpoint.Has(packed.Name)) is not { Packed: { } place } lost)
        {
            return;
        }

        var near = checkpoint.Names.Where(name => name.StartsWith(place.Name[..(place.Name.LastIndexOf('.') + 1)], StringComparison.Ordinal)).Order(StringComparer.Ordinal).Take(NamesShown).ToList();
        throw Wrong(
            checkpoint,
            $"neither '{lost.Name}' {Sizes(lost.Shape)} nor '{place.Name}' {Sizes(place.Shape)} is there, and experts in another layout are not supported; found beside them: {(near.Count > 0 ? string.Join(", ", near) : "nothing")}");
    }

    private static string Sizes(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";

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
