using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Drafts;

// R query heads that share a key head   S unroll steps after the first, up to the present one   N = B·T·K

/// <summary>The arithmetic of <see cref="UnrolledAttention"/> on plain tensors, without autograd.</summary>
/// <remarks>
/// One softmax over the causal block and the S keys of the diagonal. The block gives its output o⁰ and the logarithm L⁰
/// of its denominator; the diagonal gives scores c. With L = log(exp L⁰ + Σ exp c) the block weighs exp(L⁰ − L) and
/// term s weighs β = exp(c − L): every exponent is at most 0. Backward hands the block the output and the L of the whole
/// softmax, from which the kernel rebuilds the block's share of the probabilities (the identity of ring attention).
/// The diagonal is a few numbers per token and is computed in float32 whatever the type.
/// </remarks>
internal static class DiagonalAttention
{
    /// <summary>Attends to the causal block of the first step and to one key of each later step.</summary>
    /// <param name="documents">The texts: a query sees the keys of its own.</param>
    /// <param name="q_BTHC">Queries.</param>
    /// <param name="block">Keys and values of the first step, [B, T, H, C]: as many heads as the queries.</param>
    /// <param name="later">Keys and values of the later steps, [B, T, K, C] each.</param>
    /// <returns>The output in the queries' type, and the logarithm of the whole denominator.</returns>
    public static (Tensor Out_BTHC, Tensor LogSum_BTH) Forward(Documents documents, Tensor q_BTHC, KeysAndValues block, IReadOnlyList<KeysAndValues> later)
    {
        using var scope = NewDisposeScope();
        var (block_BTHC, logBlock_BTH) = OfBlocks(documents, q_BTHC, block);
        if (later.Count is 0)
        {
            return (block_BTHC.MoveToOuterDisposeScope(), logBlock_BTH.MoveToOuterDisposeScope());
        }

        var k_NSC = Stacked(later.Select(step => step.Keys));
        var v_NSC = Stacked(later.Select(step => step.Values));
        var c_NRS = Scores(q_BTHC, k_NSC);
        var logBlock_NR1 = logBlock_BTH.reshape(c_NRS.shape[0], c_NRS.shape[1], 1);
        var log_NR1 = cat([logBlock_NR1, c_NRS], dim: 2).logsumexp(2, keepdim: true);
        var weight_NRS = c_NRS.sub_(log_NR1).exp_();
        var weightOfBlock_NR1 = (logBlock_NR1 - log_NR1).exp_();
        var out_NRC = Grouped(block_BTHC, k_NSC).mul(weightOfBlock_NR1).AddInPlace(bmm(weight_NRS, v_NSC));
        return (
            out_NRC.reshape(q_BTHC.shape).to(q_BTHC.dtype).MoveToOuterDisposeScope(),
            log_NR1.reshape(logBlock_BTH.shape).MoveToOuterDisposeScope());
    }

    /// <summary>The gradients of <see cref="Forward"/>.</summary>
    /// <param name="documents">As in the forward.</param>
    /// <param name="gradient_BTHC">Of the output.</param>
    /// <param name="q_BTHC">As in the forward.</param>
    /// <param name="block">As in the forward.</param>
    /// <param name="later">As in the forward.</param>
    /// <param name="result">What the forward gave.</param>
    /// <returns>Gradients of q, k⁰, v⁰, k¹, v¹, …, in this order and in the queries' type.</returns>
    public static List<Tensor> Backward(
        Documents documents, Tensor gradient_BTHC, Tensor q_BTHC, KeysAndValues block, IReadOnlyList<KeysAndValues> later, (Tensor Out_BTHC, Tensor LogSum_BTH) result)
    {
        using var scope = NewDisposeScope();
        gradient_BTHC = gradient_BTHC.contiguous();

        // Output and logarithm must both be those of the whole softmax: with one of each the gradient is wrong and nothing complains.
        List<Tensor> gradients = [.. AtOnce(documents, q_BTHC, part =>
        {
            var (dq_BHTC, dk_BHTC, dv_BHTC) = Aten.CausalAttentionBackward(
                Heads(part(gradient_BTHC)), Heads(part(q_BTHC)), Heads(part(block.Keys)), Heads(part(block.Values)), Heads(part(result.Out_BTHC)), Heads(part(result.LogSum_BTH)), Scale(q_BTHC));
            return [Heads(dq_BHTC), Heads(dk_BHTC), Heads(dv_BHTC)];
        })];
        if (later.Count > 0)
        {
            AddDiagonal(gradients, gradient_BTHC, q_BTHC, later, result);
        }

        gradients.ForEach(gradient => gradient.MoveToOuterDisposeScope());
        return gradients;
    }

    private static (Tensor Out_BTHC, Tensor LogSum_BTH) OfBlocks(Documents documents, Tensor q_BTHC, KeysAndValues block)
    {
        var whole = AtOnce(documents, q_BTHC, part =>
        {
            var (out_BHTC, logSum_BHT) = Aten.CausalAttention(Heads(part(q_BTHC)), Heads(part(block.Keys)), Heads(part(block.Values)), Scale(q_BTHC));
            return [Heads(out_BHTC), Heads(logSum_BHT)];
        });
        return (whole[0], whole[1]);
    }

    /// <summary>Rows above each other are one call of the kernel, texts end to end one each.</summary>
    /// <param name="documents">The texts.</param>
    /// <param name="q_BTHC">Says how they are laid.</param>
    /// <param name="call">From the part of a tensor that is one call's to that call's results, tokens second.</param>
    private static IReadOnlyList<Tensor> AtOnce(Documents documents, Tensor q_BTHC, Func<Func<Tensor, Tensor>, IReadOnlyList<Tensor>> call)
    {
        if (documents.Lengths.Count is 1 || q_BTHC.shape[0] > 1)
        {
            return call(whole => whole);
        }

        var parts = documents.Ranges.Select(range => call(whole => whole.narrow(1, range.Start, range.Length))).ToList();
        return [.. Enumerable.Range(0, parts[0].Count).Select(result => cat([.. parts.Select(part => part[result])], dim: 1))];
    }

    private static void AddDiagonal(
        List<Tensor> gradients, Tensor gradient_BTHC, Tensor q_BTHC, IReadOnlyList<KeysAndValues> later, (Tensor Out_BTHC, Tensor LogSum_BTH) result)
    {
        var k_NSC = Stacked(later.Select(step => step.Keys));
        var v_NSC = Stacked(later.Select(step => step.Values));
        var q_NRC = Grouped(q_BTHC, k_NSC);
        var gradient_NRC = Grouped(gradient_BTHC, k_NSC);
        var c_NRS = Scores(q_BTHC, k_NSC);
        var weight_NRS = c_NRS.sub_(result.LogSum_BTH.reshape(c_NRS.shape[0], c_NRS.shape[1], 1)).exp_();
        var mean_NR1 = (gradient_NRC * Grouped(result.Out_BTHC, k_NSC)).sum(-1, keepdim: true);
        var dc_NRS = bmm(gradient_NRC, v_NSC.transpose(1, 2)).sub_(mean_NR1).mul_(weight_NRS).MultiplyInPlace(Scale(q_BTHC));

        gradients[0] = Grouped(gradients[0], k_NSC).Plus(bmm(dc_NRS, k_NSC)).reshape(q_BTHC.shape).to(q_BTHC.dtype);
        var dk_NSC = bmm(dc_NRS.transpose(1, 2), q_NRC);
        var dv_NSC = bmm(weight_NRS.transpose(1, 2), gradient_NRC);
        for (var s = 0; s < later.Count; s++)
        {
            gradients.Add(dk_NSC.select(1, s).reshape(later[s].Keys.shape).to(q_BTHC.dtype));
            gradients.Add(dv_NSC.select(1, s).reshape(later[s].Values.shape).to(q_BTHC.dtype));
        }
    }

    private static double Scale(Tensor q_BTHC) => 1 / Math.Sqrt(q_BTHC.shape[^1]);

    /// <summary>Swaps tokens and heads: the kernel takes heads first and works in the layout that the projections make.</summary>
    private static Tensor Heads(Tensor x_BTH) => x_BTH.transpose(1, 2);

    private static Tensor Scores(Tensor q_BTHC, Tensor k_NSC) =>
        bmm(Grouped(q_BTHC, k_NSC), k_NSC.transpose(1, 2)).MultiplyInPlace(Scale(q_BTHC));

    /// <summary>The later steps' keys or values side by side.</summary>
    private static Tensor Stacked(IEnumerable<Tensor> steps_BTKC)
    {
        var stacked_BTKSC = stack(steps_BTKC, dim: 3).to(float32);
        return stacked_BTKSC.view(-1, stacked_BTKSC.shape[3], stacked_BTKSC.shape[4]);
    }

    /// <summary>Query heads gathered under the key head that they share: head h uses key head h / R.</summary>
    private static Tensor Grouped(Tensor x_BTHC, Tensor k_NSC) => x_BTHC.to(float32).reshape(k_NSC.shape[0], -1, k_NSC.shape[2]);
}

/// <summary>Keys and values of one step, tokens before heads.</summary>
internal readonly record struct KeysAndValues(Tensor Keys, Tensor Values);
