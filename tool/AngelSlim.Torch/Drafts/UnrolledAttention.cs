using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Drafts;

/// <summary>The attention of one training unroll: causal to the first step's keys, and to one key of each later step at the same token.</summary>
/// <remarks>
/// Holds the unroll's keys and values; make one per batch, and dispose it when the last step is taken: the graph keeps
/// what the backward needs. Memory grows with T, never with T²: no score matrix exists, forward or backward. The causal
/// block is one for each text, so no mask is needed; the keys of later steps are a token's own.
/// </remarks>
/// <param name="documents">The texts of the batch.</param>
internal sealed class UnrolledAttention(Documents documents) : IDraftAttention, IDisposable
{
    private readonly List<Tensor> _kept = [];

    /// <summary>After some steps.</summary>
    /// <param name="documents">The texts of the batch.</param>
    /// <param name="kept">What these steps have left; not taken over.</param>
    public UnrolledAttention(Documents documents, IEnumerable<Tensor> kept)
        : this(documents) => _kept.AddRange(kept.Select(tensor => tensor.alias().DetachFromDisposeScope()));

    /// <summary>Keys and values of the steps so far, in turn: k⁰, v⁰ with as many heads as the queries, k¹, v¹, …</summary>
    public IReadOnlyList<Tensor> Kept => _kept;

    /// <inheritdoc/>
    public Tensor Attend(Tensor q_BTHC, Tensor k_BTKC, Tensor v_BTKC)
    {
        ThrowUnlessFits(q_BTHC, k_BTKC, v_BTKC);

        // The first step's are repeated once for the whole unroll; the gradients of all steps are added up before those of the heads are.
        var sharers = q_BTHC.shape[2] / k_BTKC.shape[2];
        Tensor Own(Tensor x_BTKC) => (_kept.Count < 2 ? x_BTKC.repeat_interleave(sharers, dim: 2) : x_BTKC.alias()).DetachFromDisposeScope();
        _kept.AddRange([Own(k_BTKC), Own(v_BTKC)]);
        if (is_grad_enabled())
        {
            return Node.apply([documents, q_BTHC, .. _kept]);
        }

        // A node would keep what no backward reads.
        using var scope = NewDisposeScope();
        var (block, later) = Sorted(_kept);
        return DiagonalAttention.Forward(documents, q_BTHC, block, later).Out_BTHC.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _kept.ForEach(tensor => tensor.Dispose());
    }

    private static (KeysAndValues Block, IReadOnlyList<KeysAndValues> Later) Sorted(List<Tensor> kept) =>
        (new(kept[0], kept[1]), [.. kept.Skip(2).Chunk(2).Select(pair => new KeysAndValues(pair[0], pair[1]))]);

    /// <summary>Says no before the graph is built: an exception inside a backward ends the process.</summary>
    private static void ThrowUnlessFits(Tensor q_BTHC, Tensor k_BTKC, Tensor v_BTKC)
    {
        q_BTHC.Shaped([-1, -1, -1, -1]);
        k_BTKC.Shaped([q_BTHC.shape[0], q_BTHC.shape[1], -1, q_BTHC.shape[3]]);
        v_BTKC.Shaped(k_BTKC.shape);
        if (q_BTHC.shape[2] % k_BTKC.shape[2] != 0)
        {
            throw new ArgumentException($"{q_BTHC.shape[2]} query heads cannot share {k_BTKC.shape[2]} key heads.", nameof(k_BTKC));
        }
    }

    /// <summary>The step as one node of the autograd graph: (documents, q, k⁰, v⁰, k¹, v¹, …) to the output.</summary>
    private sealed class Node : autograd.SingleTensorFunction<Node>
    {
        // There is one object of this type in the process, and trainings may run on several threads. Each walks its own graph on its own thread.
        private readonly ThreadLocal<List<Tensor>> _handedOver = new(() => []);

        public override string Name => nameof(UnrolledAttention);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            using var scope = NewDisposeScope();
            var documents = (Documents)vars[0];
            var inputs = vars.Skip(1).Cast<Tensor>().ToList();
            var (block, later) = Sorted(inputs[1..]);
            var (out_BTHC, logSum_BTH) = DiagonalAttention.Forward(documents, inputs[0], block, later);

            // Saved tensors are read after this method has returned: they must outlive its scope.
            ctx.save_for_backward([.. inputs, out_BTHC.MoveToOuterDisposeScope(), logSum_BTH.MoveToOuterDisposeScope()]);
            ctx.save_data(nameof(Documents), documents);
            return out_BTHC;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            // The engine takes its own reference after this method has returned, so ours can go no sooner than at the next
            // call. Left to the scope of the training step, the gradients of all steps would be alive together.
            _handedOver.Value!.ForEach(gradient => gradient.Dispose());

            using var scope = NewDisposeScope();
            var saved = ctx.get_saved_variables();
            var inputs = saved[..^2];
            var (block, later) = Sorted(inputs[1..]);
            var gradients = DiagonalAttention.Backward((Documents)ctx.get_data(nameof(Documents)), grad_output, inputs[0], block, later, (saved[^2], saved[^1]));
            gradients.ForEach(gradient => gradient.DetachFromDisposeScope());
            _handedOver.Value = gradients;
            return [null!, .. gradients];
        }
    }
}
