using static TorchSharp.torch;

namespace AngelSlim.Torch.Layers;

/// <summary>The next tokens of one text in a forward that may read several texts, which lie end to end.</summary>
/// <param name="Cache">What was read of the text; gets the tokens.</param>
/// <param name="Tokens">How many of the forward's tokens are this text's.</param>
internal sealed record TextPart(KvCache Cache, int Tokens)
{
    /// <summary>What the tokens see where they do not simply follow one another; null: each sees itself and all before it.</summary>
    public Sight? Sight { get; init; }
}

/// <summary>What the tokens of a tree see.</summary>
/// <param name="Seen_TN">Bool: which of the last N tokens each of the T new ones sees, itself among them; all before those are seen.</param>
/// <param name="Places_N">int64: the positions of the last N tokens, of which the new ones are the last T. Those before stand at 0, 1, 2 ….</param>
internal sealed record Sight(Tensor Seen_TN, Tensor Places_N);

/// <summary>Attention of texts that lie end to end, each over its own cache: no text sees another, and none is padded.</summary>
internal static class TextAttention
{
    /// <summary>Adds the tokens to their caches and attends over these.</summary>
    /// <param name="texts">In the order of their tokens; none: nothing is remembered, and each row is a text of its own.</param>
    /// <param name="layer">The caches' layer, 0-based.</param>
    /// <param name="q_BHTC">Rotated queries; B is 1 if there are several texts.</param>
    /// <param name="k_BKTC">Rotated keys; K divides H.</param>
    /// <param name="v_BKTC">Values.</param>
    /// <param name="window">Tokens that a token sees, itself included; null: all before it.</param>
    /// <returns>[B, H, T, C].</returns>
    public static Tensor Of(IReadOnlyList<TextPart> texts, int layer, Tensor q_BHTC, Tensor k_BKTC, Tensor v_BKTC, int? window)
    {
        if (texts.Count <= 1)
        {
            return texts.Count is 0 ? CausalAttention.Of(q_BHTC, k_BKTC, v_BKTC, window) : Of(texts[0], layer, q_BHTC, k_BKTC, v_BKTC, window);
        }

        using var scope = NewDisposeScope();
        var attended = new List<Tensor>();
        var from = 0L;
        foreach (var text in texts)
        {
            attended.Add(Of(text, layer, q_BHTC.narrow(2, from, text.Tokens), k_BKTC.narrow(2, from, text.Tokens), v_BKTC.narrow(2, from, text.Tokens), window));
            from += text.Tokens;
        }

        return cat(attended, dim: 2).MoveToOuterDisposeScope();
    }

    private static Tensor Of(TextPart text, int layer, Tensor q_BHTC, Tensor k_BKTC, Tensor v_BKTC, int? window)
    {
        using var scope = NewDisposeScope();
        var (allK_BKTC, allV_BKTC) = text.Cache.Append(layer, k_BKTC, v_BKTC);
        return CausalAttention.Of(q_BHTC, allK_BKTC, allV_BKTC, window, text.Sight).MoveToOuterDisposeScope();
    }
}
