using AngelSlim.Torch.Layers;

namespace AngelSlim.Torch.Targets;

/// <summary>Which projections of an attention have biases.</summary>
public enum AttentionBias
{
    /// <summary>None.</summary>
    None,

    /// <summary>Query, key and value.</summary>
    QueryKeyValue,

    /// <summary>Query, key, value and output.</summary>
    All,
}

/// <summary>The shape of a target, as its <c>config.json</c> says it, in one spelling. A family with more to say derives from it.</summary>
public record TargetConfig
{
    /// <summary>Which kind of target.</summary>
    public required TargetFamily Family { get; init; }

    /// <summary>Words (V), those that only pad the table included.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>Width of the residual stream (D).</summary>
    public required int Width { get; init; }

    /// <summary>Width of the MLP (F).</summary>
    public required int InnerWidth { get; init; }

    /// <summary>Decoder layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Heads of the attention.</summary>
    public required HeadShape Heads { get; init; }

    /// <summary>Rotary positions.</summary>
    public required Rope Rope { get; init; }

    /// <summary>The longest text it was made for, in tokens.</summary>
    public required int MaxPositions { get; init; }

    /// <summary>Added to the mean square of every norm.</summary>
    public double NormEpsilon { get; init; } = 1e-6;

    /// <summary>The head is the embedding.</summary>
    public bool TiedHead { get; init; }

    /// <summary>Projections of the attention that have biases.</summary>
    public AttentionBias AttentionBias { get; init; }

    /// <summary>The three matrices of the MLP have biases.</summary>
    public bool MlpBias { get; init; }

    /// <summary>Norms of the heads of queries and keys; null: none.</summary>
    public HeadNormNames? HeadNorms { get; init; }

    /// <summary>Tokens that a token of a layer sees, itself included, layer by layer; empty where no layer has a window.</summary>
    public IReadOnlyList<int?> Windows { get; init; } = [];

    /// <summary>Ids that end an answer, from <c>generation_config.json</c>, else <c>config.json</c>; may be empty.</summary>
    public IReadOnlyList<int> EndIds { get; init; } = [];
}

/// <summary>Norms of the heads of queries and keys.</summary>
/// <param name="Query">As the checkpoint names it, without <c>self_attn.</c> before and <c>.weight</c> behind it.</param>
/// <param name="Key">As the checkpoint names it.</param>
/// <param name="Place">On which side of the rotation.</param>
public sealed record HeadNormNames(string Query, string Key, NormPlace Place);
