using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Layers;

/// <summary>Softmax over the keys that a token may see; the matrix of scores is never built.</summary>
internal static class CausalAttention
{
    /// <summary>Each query sees its own token and those before it, at most as many as a window holds.</summary>
    /// <param name="q_BHTC">Of the last T tokens.</param>
    /// <param name="k_BKTC">Of all tokens; K divides H, and a group of H/K consecutive query heads reads one key head.</param>
    /// <param name="v_BKTC">As the keys.</param>
    /// <param name="window">Tokens that are seen, the own one included; null: all.</param>
    /// <param name="sight">What the tokens of a tree see; null where each follows the one before.</param>
    /// <returns>[B, H, T, C].</returns>
    public static Tensor Of(Tensor q_BHTC, Tensor k_BKTC, Tensor v_BKTC, int? window, Sight? sight = null)
    {
        using var scope = NewDisposeScope();
        if (sight is not null)
        {
            return OverKeys(q_BHTC, k_BKTC, v_BKTC, Mask(sight, k_BKTC.shape[2], window)).MoveToOuterDisposeScope();
        }

        var (tokens, seen) = (q_BHTC.shape[2], k_BKTC.shape[2]);

        // What no query of this call can see is left out first: a long cache behind a short window costs no more than the window.
        var reach = window is { } size ? Math.Min(seen, size + tokens - 1) : seen;
        if (reach < seen)
        {
            k_BKTC = k_BKTC.narrow(2, seen - reach, reach);
            v_BKTC = v_BKTC.narrow(2, seen - reach, reach);
        }

        var isWindowed = reach > window;
        var result_BHTC = tokens == reach && !isWindowed
            ? OverItself(q_BHTC, k_BKTC, v_BKTC)
            : OverKeys(q_BHTC, k_BKTC, v_BKTC, tokens is 1 ? null : Mask(tokens, reach, isWindowed ? window : null, q_BHTC.device));
        return result_BHTC.MoveToOuterDisposeScope();
    }

    private static Tensor OverItself(Tensor q_BHTC, Tensor k_BKTC, Tensor v_BKTC)
    {
        var group = q_BHTC.shape[1] / k_BKTC.shape[1];
        return nn.functional.scaled_dot_product_attention(
            q_BHTC,
            group is 1 ? k_BKTC : k_BKTC.repeat_interleave(group, dim: 1),
            group is 1 ? v_BKTC : v_BKTC.repeat_interleave(group, dim: 1),
            is_casual: true);
    }

    /// <summary>The query heads of a group become further rows over their one key head: so the long cache is never repeated.</summary>
    private static Tensor OverKeys(Tensor q_BHTC, Tensor k_BKTC, Tensor v_BKTC, Tensor? mask_TT)
    {
        var (tokens, group) = (q_BHTC.shape[2], q_BHTC.shape[1] / k_BKTC.shape[1]);
        var rows_BKNC = q_BHTC.unflatten(1, k_BKTC.shape[1], group).flatten(2, 3);
        return nn.functional.scaled_dot_product_attention(rows_BKNC, k_BKTC, v_BKTC, mask_TT?.repeat(group, 1)).unflatten(2, group, tokens).flatten(1, 2);
    }

    private static Tensor Mask(long tokens, long seen, int? window, Device device)
    {
        var upToItself = ones([tokens, seen], @bool, device).tril(diagonal: seen - tokens);
        return window is { } size ? upToItself.triu(diagonal: seen - tokens - size + 1) : upToItself;
    }

    private static Tensor Mask(Sight sight, long seen, int? window)
    {
        var (tokens, last) = (sight.Seen_TN.shape[0], sight.Seen_TN.shape[1]);
        var mask_TT = cat([ones([tokens, seen - last], @bool, sight.Seen_TN.device), sight.Seen_TN], dim: 1);
        if (window is not { } size)
        {
            return mask_TT;
        }

        var places_T = cat([Arithmetic.Integers(0, seen - last, mask_TT.device), sight.Places_N]);
        return mask_TT.logical_and(places_T.unsqueeze(0).gt(places_T[^(int)tokens..].unsqueeze(1).Plus(-(long)size)));
    }
}
