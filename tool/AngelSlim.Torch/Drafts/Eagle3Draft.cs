using AngelSlim.Torch.Layers;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Drafts;

/// <summary>An Eagle3 draft: one decoder layer over three hidden states of the target, which guesses the target's next words.</summary>
/// <remarks>
/// Owns its weights; the target's embedding belongs to the caller and is never trained. Eagle 3 (arXiv 2503.01840) in the
/// form that vLLM and SGLang load: the residual of the layer is the un-normed state.
/// </remarks>
internal sealed class Eagle3Draft : IDisposable
{
    private readonly IReadOnlyDictionary<string, Tensor> _weights;
    private readonly Dictionary<string, RmsNorm> _norms;
    private readonly Dictionary<string, Projection> _projections;
    private readonly GatedMlp _mlp;
    private readonly Tensor _embedding_VD;
    private readonly Rotary _rotary;

    /// <summary>A draft of these weights.</summary>
    /// <param name="config">Its form.</param>
    /// <param name="weights">By their names in a checkpoint; taken over.</param>
    /// <param name="vocabulary">Its words; taken over.</param>
    /// <param name="embedding_VD">The target's embedding.</param>
    /// <exception cref="Core.Manifests.DataException">The weights are not those of the form.</exception>
    public Eagle3Draft(DraftConfig config, IReadOnlyDictionary<string, Tensor> weights, DraftVocabulary vocabulary, Tensor embedding_VD)
    {
        DraftWeights.Check(weights, config);
        embedding_VD.Shaped([vocabulary.TargetCount, config.Width]);
        (Config, Vocabulary, _weights, _embedding_VD) = (config, vocabulary, weights, embedding_VD);
        _norms = weights.Where(pair => pair.Value.shape.Length is 1)
            .ToDictionary(pair => pair.Key, pair => new RmsNorm(pair.Value, config.NormEpsilon), StringComparer.Ordinal);
        _projections = Projections(weights);
        _mlp = new GatedMlp(_projections["midlayer.mlp.gate_proj.weight"], _projections["midlayer.mlp.up_proj.weight"], _projections["midlayer.mlp.down_proj.weight"]);
        _rotary = new Rotary(config.Rope, config.HeadChannels, embedding_VD.device);
    }

    private Eagle3Draft(Eagle3Draft draft, IReadOnlyDictionary<string, Tensor> weights)
    {
        (Config, Vocabulary, _weights, _embedding_VD, _rotary) = (draft.Config, draft.Vocabulary, weights, draft._embedding_VD, draft._rotary);
        _norms = draft._norms.ToDictionary(pair => pair.Key, pair => pair.Value.With(weights[pair.Key]));
        _projections = Projections(weights);
        _mlp = new GatedMlp(_projections["midlayer.mlp.gate_proj.weight"], _projections["midlayer.mlp.up_proj.weight"], _projections["midlayer.mlp.down_proj.weight"]);
    }

    /// <summary>The draft with its weights rounded to another type, in the current dispose scope; its gradients arrive at this draft's weights, in theirs.</summary>
    /// <returns>Not to be disposed; the draft itself if it is of that type.</returns>
    /// <remarks>But for the head, which is by far the largest, and only the loss reads it.</remarks>
    public Eagle3Draft ComputingIn(ScalarType type) =>
        type == Type ? this : With(_weights.ToDictionary(pair => pair.Key, pair => pair.Key is DraftWeights.Head ? pair.Value : pair.Value.to(type)));

    /// <summary>The same draft on other tensors.</summary>
    /// <param name="weights">By the same names, of the same shapes.</param>
    /// <returns>Not to be disposed.</returns>
    public Eagle3Draft With(IReadOnlyDictionary<string, Tensor> weights) => new(this, weights);

    /// <summary>Its form.</summary>
    public DraftConfig Config { get; }

    /// <summary>Its words.</summary>
    public DraftVocabulary Vocabulary { get; }

    private ScalarType Type => _weights["fc.weight"].dtype;

    /// <summary>Its parameters, by their names in a checkpoint.</summary>
    public IReadOnlyDictionary<string, Tensor> Weights => _weights;

    /// <summary>What turns <see cref="DraftStep.Normed_BTD"/> into scores of the draft words.</summary>
    public Tensor Head_WD => _weights[DraftWeights.Head];

    /// <summary>What the first step reads of the target.</summary>
    /// <param name="aux_BTE">The outputs of the three kept layers side by side, low to high: E = 3 target widths.</param>
    public Tensor Fuse(Tensor aux_BTE)
    {
        using var scope = NewDisposeScope();
        var (layers, width) = (Config.HiddenLayers.Count, Config.TargetWidth);
        aux_BTE.Shaped([-1, -1, (long)layers * width]);
        var joined_BTE = aux_BTE.to(Type);
        if (Config.NormBeforeFc)
        {
            joined_BTE = Norm("input_norm", joined_BTE);
        }

        if (Config.FcNorm)
        {
            joined_BTE = cat([.. Enumerable.Range(0, layers).Select(layer => Norm($"fc_norm.{layer}", joined_BTE.narrow(-1, (long)layer * width, width)))], dim: -1);
        }

        return Linear("fc", joined_BTE).MoveToOuterDisposeScope();
    }

    /// <summary>One step: reads a token beside every state, attends, and says what the head should read.</summary>
    /// <remarks>The same in the training unroll, where every row takes a step at once, and in decoding, where one row goes on.</remarks>
    /// <param name="state">Where it stands.</param>
    /// <param name="ids_BT">Target ids of the tokens read: those after the states' own.</param>
    public DraftStep Step(DraftState state, Tensor ids_BT)
    {
        using var scope = NewDisposeScope();
        var hidden_BTD = state.Hidden_BTD;
        ids_BT.Shaped([hidden_BTD.shape[0], hidden_BTD.shape[1]]);
        var read_BTD = Aten.Embedding(_embedding_VD, ids_BT).to(hidden_BTD.dtype);
        var joined_BTE = cat([Norm("midlayer.input_layernorm", read_BTD), Norm("midlayer.hidden_norm", hidden_BTD)], dim: -1);

        // The residual is the state as it came: SGLang knows no other (norm_before_residual).
        hidden_BTD = hidden_BTD.Plus(Attend(state, joined_BTE));
        hidden_BTD = hidden_BTD.Plus(_mlp.Apply(Norm("midlayer.post_attention_layernorm", hidden_BTD)));
        var normed_BTD = Norm("norm", hidden_BTD).MoveToOuterDisposeScope();
        var next = state with
        {
            Hidden_BTD = Config.NormOutput ? normed_BTD : hidden_BTD.MoveToOuterDisposeScope(),
            Positions_ABT = state.Positions_ABT.Plus(1).MoveToOuterDisposeScope(),
        };
        return new(next, normed_BTD);
    }

    /// <summary>Scores of the draft words, before softmax.</summary>
    public Tensor Scores(Tensor normed_BTD) => _projections[DraftWeights.Head].Apply(normed_BTD);

    /// <inheritdoc/>
    public void Dispose()
    {
        Vocabulary.Dispose();
        foreach (var weight in _weights.Values)
        {
            weight.Dispose();
        }
    }

    private static Dictionary<string, Projection> Projections(IReadOnlyDictionary<string, Tensor> weights) => weights
        .Where(pair => pair.Value.shape.Length is 2)
        .ToDictionary(pair => pair.Key, pair => new Projection(pair.Value), StringComparer.Ordinal);

    private Tensor Attend(DraftState state, Tensor joined_BTE)
    {
        var rotation = _rotary.At(state.Positions_ABT, joined_BTE.dtype);
        var q_BTHC = rotation.Apply(Heads("q_proj", joined_BTE, Config.Heads));
        var k_BTKC = rotation.Apply(Heads("k_proj", joined_BTE, Config.KeyHeads));
        var attended_BTHC = state.Attention.Attend(q_BTHC, k_BTKC, Heads("v_proj", joined_BTE, Config.KeyHeads));
        return Linear("midlayer.self_attn.o_proj", attended_BTHC.flatten(2));
    }

    private Tensor Heads(string projection, Tensor joined_BTE, int heads) =>
        Linear($"midlayer.self_attn.{projection}", joined_BTE).unflatten(2, heads, Config.HeadChannels);

    private Tensor Linear(string name, Tensor x) => _projections[name + ".weight"].Apply(x);

    private Tensor Norm(string name, Tensor x) => _norms[name + ".weight"].Apply(x);
}
