using AngelSlim.Core.Manifests;
using AngelSlim.Torch.Layers;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Targets;

/// <summary>What a target reads.</summary>
/// <param name="Ids_BT">int64. Rows of different lengths are padded on the right: no token sees what is behind it.</param>
internal sealed record TargetInput(Tensor Ids_BT)
{
    /// <summary>int64, A = 1; when left out 0, 1, 2 … after what the cache holds.</summary>
    public Tensor? Positions_ABT { get; init; }
}

/// <summary>What a target says, before its head.</summary>
/// <param name="Hidden_BTLD">The residual stream behind the kept layers, in the order asked for; never normed, also behind the last layer.</param>
/// <param name="Last_BTD">After the final norm: what the head reads.</param>
/// <param name="Positions_ABT">int64, A = 1.</param>
internal sealed record TargetOutput(Tensor Hidden_BTLD, Tensor Last_BTD, Tensor Positions_ABT);

/// <summary>A target: a decoder whose weights are frozen, or, when it was created over weights that ask for gradients, trained.</summary>
internal sealed class TargetModel : IDisposable
{
    private readonly List<Tensor> _owned = [];
    private readonly Func<string, Tensor> _weight;
    private readonly IDecoderLayer[] _layers;
    private readonly RmsNorm _finalNorm;
    private readonly Rotary _rotary;
    private readonly Projection _head;

    private TargetModel(TargetConfig config, Func<string, Tensor> weight, Func<Tensor, Tensor> headLayout)
    {
        (Config, _weight) = (config, weight);
        Embedding_VD = weight(TargetWeights.Embedding);
        Head_VD = headLayout(config.TiedHead ? Embedding_VD : weight(TargetWeights.Head));
        _head = new Projection(Head_VD);
        _finalNorm = new RmsNorm(weight(TargetWeights.FinalNorm), config.NormEpsilon);
        _rotary = new Rotary(config.Rope, config.Heads.Channels, Embedding_VD.device);
        _layers = [.. Enumerable.Range(0, config.Layers).Select(Layer)];
    }

    /// <summary>Its shape.</summary>
    public TargetConfig Config { get; }

    /// <summary>The word vectors, in the type that the target computes in.</summary>
    public Tensor Embedding_VD { get; }

    /// <summary>The head, with the embedding's values when tied; in any layout.</summary>
    public Tensor Head_VD { get; }

    /// <summary>Loads a frozen target. Weights that are stored in the wanted type stay in the mapped file.</summary>
    /// <param name="folder">A Hugging Face folder.</param>
    /// <param name="dtype">The type to compute in.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="families">Among which it finds its own; null: those of the tool.</param>
    /// <exception cref="DataException">Config or weights are not sound, or not supported.</exception>
    public static TargetModel Load(string folder, ScalarType dtype, Device device, IReadOnlyList<TargetFamily>? families = null)
    {
        var config = TargetConfigReader.Read(folder, families);
        using var checkpoint = CheckpointFolder.Open(folder);
        TargetWeights.Check(checkpoint, config);
        var listed = TargetWeights.Of(config).ToDictionary(weight => weight.Name, StringComparer.Ordinal);
        var owned = new List<Tensor>();
        var model = new TargetModel(config, Load, head_VD => Own(FastForOneRow(head_VD)));
        model._owned.AddRange(owned);
        return model;

        Tensor Load(string name)
        {
            using var scope = NewDisposeScope();
            return Own(TargetWeights.Load(checkpoint, listed[name]).to(dtype, device));
        }

        Tensor Own(Tensor weight)
        {
            owned.Add(weight.DetachFromDisposeScope());
            return weight;
        }
    }

    /// <summary>A target over the caller's weights; those that require gradients get them.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="weights">All of <see cref="TargetWeights.Of"/>, one type, one device.</param>
    public static TargetModel Create(TargetConfig config, IReadOnlyDictionary<string, Tensor> weights)
    {
        foreach (var weight in TargetWeights.Of(config))
        {
            weights[weight.Name].Shaped([.. weight.Shape], weight.Name);
        }

        return new TargetModel(config, name => weights[name], head_VD => head_VD);
    }

    /// <summary>The layers that drafts read unless told otherwise: low, middle, high, as every server takes them.</summary>
    /// <param name="layers">Of the target.</param>
    /// <exception cref="UserException">There are fewer than 4.</exception>
    public static IReadOnlyList<int> DefaultHiddenLayers(int layers) => layers >= 4
        ? [1, (layers / 2) - 1, layers - 4]
        : throw new UserException(ProblemCode.OutOfRange, $"draft.hiddenLayers has to name three layers from 0 to {layers - 1}: the usual ones need a target of at least 4 layers.");

    /// <summary>The layers that were asked for, else the usual ones.</summary>
    /// <param name="asked">As the manifest says it.</param>
    /// <param name="layers">Of the target.</param>
    /// <exception cref="UserException">They are not three of the target's layers.</exception>
    public static IReadOnlyList<int> HiddenLayers(IReadOnlyList<int>? asked, int layers) => asked switch
    {
        null => DefaultHiddenLayers(layers),
        { Count: 3 } when asked.All(layer => layer >= 0 && layer < layers) => asked,
        _ => throw new UserException(ProblemCode.OutOfRange, $"draft.hiddenLayers should be three layers from 0 to {layers - 1}, but is [{string.Join(", ", asked)}]."),
    };

    /// <summary>Runs all layers.</summary>
    /// <param name="input">The tokens; with a cache the next tokens.</param>
    /// <param name="keptLayers">0-based layers whose output is kept; any order, repeats allowed, may be empty.</param>
    /// <param name="cache">Remembers keys and values; made for <c>Config.Layers</c> layers.</param>
    public TargetOutput Run(TargetInput input, IReadOnlyList<int> keptLayers, KvCache? cache = null) =>
        Run(input, keptLayers, cache is null ? [] : [new TextPart(cache, (int)input.Ids_BT.shape[^1])]);

    /// <summary>Runs all layers over the next tokens of texts that lie end to end.</summary>
    /// <param name="input">The tokens; B is 1 if there are several texts.</param>
    /// <param name="keptLayers">As above.</param>
    /// <param name="texts">Whose tokens they are, in their order; empty when nothing is to be remembered.</param>
    public TargetOutput Run(TargetInput input, IReadOnlyList<int> keptLayers, IReadOnlyList<TextPart> texts)
    {
        using var scope = NewDisposeScope();
        var ids_BT = input.Ids_BT.Shaped([-1, -1]);
        var positions_ABT = input.Positions_ABT?.Shaped([1, ids_BT.shape[0], ids_BT.shape[1]]) ?? NextPositions(ids_BT, texts);
        var hidden_BTD = Aten.Embedding(Embedding_VD, ids_BT);
        var call = new AttentionCall(RotationAt(positions_ABT, hidden_BTD.dtype, texts), texts);
        var kept = new Dictionary<int, Tensor>();
        for (var layer = 0; layer < _layers.Length; layer++)
        {
            var before_BTD = hidden_BTD;
            hidden_BTD = _layers[layer].Apply(before_BTD, layer, call);
            if (keptLayers.Contains(layer))
            {
                kept.Add(layer, hidden_BTD);
            }

            // By hand and not by the scope: else the streams behind all layers are alive at once.
            if (!kept.ContainsKey(layer - 1))
            {
                before_BTD.Dispose();
            }
        }

        return new TargetOutput(
            Joined(hidden_BTD, [.. keptLayers.Select(layer => kept[layer])]).MoveToOuterDisposeScope(),
            _finalNorm.Apply(hidden_BTD).MoveToOuterDisposeScope(),
            positions_ABT.alias().MoveToOuterDisposeScope());
    }

    /// <summary>The scores of all words.</summary>
    /// <param name="last_ND">Rows of <see cref="TargetOutput.Last_BTD"/>: only those whose scores are wanted.</param>
    /// <returns>[N, V], in the target's type.</returns>
    public Tensor Logits(Tensor last_ND) => _head.Apply(last_ND.Shaped([-1, Config.Width]));

    /// <summary>Frees the weights that it loaded; the caller's are left alone.</summary>
    public void Dispose() => _owned.ForEach(weight => weight.Dispose());

    /// <summary>
    /// Where our own kernels do not run, MKL streams a large float32 matrix for one row 1.7 times as fast when the inputs are
    /// its outer axis (49152 × 576: 4.2 ms, else 7.1). The layers' matrices are too small to gain, and bfloat16 has no such gap.
    /// </summary>
    private static Tensor FastForOneRow(Tensor head_VD)
    {
        using var scope = NewDisposeScope();
        var transpose = head_VD.dtype is ScalarType.Float32 && head_VD.device_type is TorchSharp.DeviceType.CPU && !FewRows.Serves(head_VD, bias_O: null);
        return (transpose ? head_VD.t().contiguous().t() : head_VD.alias()).MoveToOuterDisposeScope();
    }

    private static Tensor NextPositions(Tensor ids_BT, IReadOnlyList<TextPart> texts)
    {
        Tensor Next(long first, long count) => Arithmetic.Integers(first, first + count, ids_BT.device);
        var next_T = texts.Count is 0 ? Next(0, ids_BT.shape[1]) : cat([.. texts.Select(text => Next(text.Cache.Length, text.Tokens))]);
        return next_T.expand(1, ids_BT.shape[0], ids_BT.shape[1]);
    }

    /// <summary>Each text turns by its own length, whatever lies beside it.</summary>
    private Rotation RotationAt(Tensor positions_ABT, ScalarType type, IReadOnlyList<TextPart> texts)
    {
        if (texts.Count is 0)
        {
            return _rotary.At(positions_ABT, type);
        }

        var (from, rotations) = (0L, new List<Rotation>());
        foreach (var text in texts)
        {
            rotations.Add(_rotary.At(positions_ABT.narrow(2, from, text.Tokens), type, text.Cache.Length));
            from += text.Tokens;
        }

        return Rotation.Joined(rotations);
    }

    private static Tensor Joined(Tensor like_BTD, IReadOnlyList<Tensor> kept) => kept.Count > 0
        ? stack(kept, dim: 2)
        : empty([like_BTD.shape[0], like_BTD.shape[1], 0, like_BTD.shape[2]], like_BTD.dtype, like_BTD.device);

    private IDecoderLayer Layer(int layer)
    {
        var weights = new LayerWeights(Config.Family.WeightsOfLayer(Config, layer), Config.NormEpsilon, name => _weight(TargetWeights.OfLayer(layer, name)));
        var built = Config.Family.Layer(Config, layer, weights);
        return weights.Unread.Count is 0
            ? built
            : throw new InvalidOperationException($"The family '{Config.Family.ModelType}' lists weights of layer {layer} that it does not read: {string.Join(", ", weights.Unread)}.");
    }
}
