using static TorchSharp.torch;

namespace AngelSlim.Torch.Layers;

/// <summary>Heads of an attention.</summary>
/// <param name="Heads">Of the query (H).</param>
/// <param name="KeyHeads">Of keys and values (K); divides <paramref name="Heads"/>.</param>
/// <param name="Channels">Of each head (C).</param>
internal readonly record struct HeadShape(int Heads, int KeyHeads, int Channels);

/// <summary>The weights of an attention.</summary>
/// <param name="Query">D to H·C.</param>
/// <param name="Key">D to K·C.</param>
/// <param name="Value">D to K·C.</param>
/// <param name="Output">H·C to D.</param>
internal sealed record AttentionWeights(Projection Query, Projection Key, Projection Value, Projection Output)
{
    /// <summary>Over C of each query head, before the rotation, where the family has it.</summary>
    public RmsNorm? QueryNorm { get; init; }

    /// <summary>Over C of each key head, before the rotation, where the family has it.</summary>
    public RmsNorm? KeyNorm { get; init; }
}

/// <summary>What all layers of one forward share.</summary>
/// <param name="Rotation">Of the new tokens.</param>
/// <param name="Cache">The tokens before; null when there are none to remember.</param>
internal sealed record AttentionCall(Rotation Rotation, KvCache? Cache);

/// <summary>Causal attention with grouped keys; the matrix of scores is never built.</summary>
internal sealed class Attention(HeadShape shape, AttentionWeights weights)
{
    /// <summary>Each token sees itself and what was before it.</summary>
    /// <param name="hidden_BTD">The new tokens, normed.</param>
    /// <param name="layer">The cache's layer, 0-based.</param>
    /// <param name="call">What the layers share.</param>
    /// <returns>[B, T, D].</returns>
    public Tensor Apply(Tensor hidden_BTD, int layer, AttentionCall call)
    {
        using var scope = NewDisposeScope();
        var q_BHTC = call.Rotation.Apply(Split(weights.Query, hidden_BTD, shape.Heads, weights.QueryNorm)).transpose(1, 2);
        var k_BKTC = call.Rotation.Apply(Split(weights.Key, hidden_BTD, shape.KeyHeads, weights.KeyNorm)).transpose(1, 2);
        var v_BKTC = Split(weights.Value, hidden_BTD, shape.KeyHeads, norm: null).transpose(1, 2);
        if (call.Cache is { } cache)
        {
            (k_BKTC, v_BKTC) = cache.Append(layer, k_BKTC, v_BKTC);
        }

        var seen_BHTC = k_BKTC.shape[2] == q_BHTC.shape[2] ? OverItself(q_BHTC, k_BKTC, v_BKTC) : OverCache(q_BHTC, k_BKTC, v_BKTC);
        return weights.Output.Apply(seen_BHTC.transpose(1, 2).flatten(2)).MoveToOuterDisposeScope();
    }

    private Tensor Split(Projection projection, Tensor hidden_BTD, int heads, RmsNorm? norm)
    {
        var heads_BTHC = projection.Apply(hidden_BTD).unflatten(2, heads, shape.Channels);
        return norm?.Apply(heads_BTHC) ?? heads_BTHC;
    }

    private Tensor OverItself(Tensor q_BHTC, Tensor k_BKTC, Tensor v_BKTC)
    {
        var group = shape.Heads / shape.KeyHeads;
        return nn.functional.scaled_dot_product_attention(
            q_BHTC,
            group is 1 ? k_BKTC : k_BKTC.repeat_interleave(group, dim: 1),
            group is 1 ? v_BKTC : v_BKTC.repeat_interleave(group, dim: 1),
            is_casual: true);
    }

    /// <summary>The query heads of a group become further rows over their one key head: so the long cache is never repeated.</summary>
    private Tensor OverCache(Tensor q_BHTC, Tensor k_BKTC, Tensor v_BKTC)
    {
        var (tokens, group) = (q_BHTC.shape[2], shape.Heads / shape.KeyHeads);
        var rows_BKNC = q_BHTC.unflatten(1, shape.KeyHeads, group).flatten(2, 3);
        var mask = tokens is 1 ? null : Mask(tokens, k_BKTC.shape[2], q_BHTC.device).repeat(group, 1);
        return nn.functional.scaled_dot_product_attention(rows_BKNC, k_BKTC, v_BKTC, mask).unflatten(2, group, tokens).flatten(1, 2);
    }

    private static Tensor Mask(long tokens, long all, Device device) =>
        ones([tokens, all], @bool, device).tril(diagonal: all - tokens);
}
