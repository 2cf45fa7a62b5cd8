using static TorchSharp.torch;

namespace AngelSlim.Torch.Layers;

/// <summary>Heads of an attention.</summary>
/// <param name="Heads">Of the query (H).</param>
/// <param name="KeyHeads">Of keys and values (K); divides <paramref name="Heads"/>.</param>
/// <param name="Channels">Of each head (C).</param>
public readonly record struct HeadShape(int Heads, int KeyHeads, int Channels);

/// <summary>The weights of an attention.</summary>
/// <param name="Query">D to H·C.</param>
/// <param name="Key">D to K·C.</param>
/// <param name="Value">D to K·C.</param>
/// <param name="Output">H·C to D.</param>
public sealed record AttentionWeights(Projection Query, Projection Key, Projection Value, Projection Output)
{
    /// <summary>Norms over C of each head, where the family has them.</summary>
    public HeadNorms? Norms { get; init; }

    /// <summary>Tokens that a token sees, itself included; null: all before it.</summary>
    public int? Window { get; init; }
}

/// <summary>Norms of the heads of queries and keys.</summary>
/// <param name="Query">Over C.</param>
/// <param name="Key">Over C.</param>
/// <param name="Place">On which side of the rotation; the weights do not rotate, so the two sides differ.</param>
public sealed record HeadNorms(RmsNorm Query, RmsNorm Key, NormPlace Place);

/// <summary>Where a norm of heads stands.</summary>
public enum NormPlace
{
    /// <summary>The normed heads are rotated.</summary>
    BeforeRotation,

    /// <summary>The rotated heads are normed.</summary>
    AfterRotation,
}

/// <summary>What all layers of one forward share.</summary>
public sealed class AttentionCall
{
    private readonly IReadOnlyList<TextPart> _texts;

    /// <summary>What the layers of a forward share.</summary>
    /// <param name="rotation">Of the new tokens.</param>
    /// <param name="texts">Whose tokens they are, and what was before; empty when there is nothing to remember.</param>
    internal AttentionCall(Rotation rotation, IReadOnlyList<TextPart> texts) => (Rotation, _texts) = (rotation, texts);

    /// <summary>Of the new tokens.</summary>
    public Rotation Rotation { get; }

    /// <summary>Causal attention of the new tokens over the cache, to which they are added, and themselves.</summary>
    /// <param name="layer">The cache's layer, 0-based.</param>
    /// <param name="q_BHTC">Rotated queries.</param>
    /// <param name="k_BKTC">Rotated keys; K divides H, and consecutive query heads share a key head.</param>
    /// <param name="v_BKTC">Values.</param>
    /// <param name="window">Tokens that a token sees, itself included; null: all before it.</param>
    /// <returns>[B, T, H·C].</returns>
    public Tensor Attend(int layer, Tensor q_BHTC, Tensor k_BKTC, Tensor v_BKTC, int? window = null)
    {
        using var scope = NewDisposeScope();
        return TextAttention.Of(_texts, layer, q_BHTC, k_BKTC, v_BKTC, window).transpose(1, 2).flatten(2).MoveToOuterDisposeScope();
    }
}

/// <summary>Causal attention with grouped keys and rotary positions.</summary>
/// <param name="shape">Its heads.</param>
/// <param name="weights">Its matrices, and perhaps norms and a window.</param>
public sealed class Attention(HeadShape shape, AttentionWeights weights)
{
    /// <summary>Each token sees itself and what was before it.</summary>
    /// <param name="hidden_BTD">The new tokens, normed.</param>
    /// <param name="layer">The cache's layer, 0-based.</param>
    /// <param name="call">What the layers share.</param>
    /// <returns>[B, T, D].</returns>
    public Tensor Apply(Tensor hidden_BTD, int layer, AttentionCall call)
    {
        using var scope = NewDisposeScope();
        var q_BTHC = Rotated(Split(weights.Query, hidden_BTD, shape.Heads), weights.Norms?.Query, call.Rotation);
        var k_BTKC = Rotated(Split(weights.Key, hidden_BTD, shape.KeyHeads), weights.Norms?.Key, call.Rotation);
        var v_BTKC = Split(weights.Value, hidden_BTD, shape.KeyHeads);
        var seen_BTE = call.Attend(layer, q_BTHC.transpose(1, 2), k_BTKC.transpose(1, 2), v_BTKC.transpose(1, 2), weights.Window);
        return weights.Output.Apply(seen_BTE).MoveToOuterDisposeScope();
    }

    private Tensor Split(Projection projection, Tensor hidden_BTD, int heads) => projection.Apply(hidden_BTD).unflatten(2, heads, shape.Channels);

    private Tensor Rotated(Tensor heads_BTHC, RmsNorm? norm, Rotation rotation) => weights.Norms?.Place switch
    {
        NormPlace.BeforeRotation => rotation.Apply(norm!.Apply(heads_BTHC)),
        NormPlace.AfterRotation => norm!.Apply(rotation.Apply(heads_BTHC)),
        _ => rotation.Apply(heads_BTHC),
    };
}
