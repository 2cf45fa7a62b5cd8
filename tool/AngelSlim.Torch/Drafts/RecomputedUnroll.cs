using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Drafts;

/// <summary>An unroll that keeps of each step only what the next ones read, and takes the step again for its gradient.</summary>
/// <remarks>
/// A segment of the checkpointing (arXiv 1604.06174) is one step. Gradients have the same bits as those of <see cref="Unroll"/>:
/// the same arithmetic on the same numbers, and sums in the order in which one walk through the whole graph adds them up.
/// Its tensors belong to the dispose scope in which it is made.
/// </remarks>
internal sealed class RecomputedUnroll
{
    private readonly Eagle3Draft _draft;
    private readonly Eagle3Draft _leaves;
    private readonly Tensor _aux_BTE;
    private readonly Tensor _ids_BT;
    private readonly Documents _documents;
    private readonly List<Tensor> _positions_ABT = [];

    // Behind each step; NormOutput: the same numbers as the normed ones, with gradients of their own.
    private readonly List<Tensor> _hidden_BTD = [];
    private readonly List<Tensor> _normed_BTD = [];
    private readonly List<Tensor> _kept = [];

    /// <summary>Runs the steps, and lets go of the graph of each.</summary>
    /// <inheritdoc cref="Unroll.Over"/>
    public RecomputedUnroll(Eagle3Draft draft, Tensor aux_BTE, Tensor ids_BT, Tensor positions_ABT, Documents documents, int steps)
    {
        (_draft, _aux_BTE, _ids_BT, _documents) = (draft, aux_BTE, ids_BT, documents);
        _leaves = draft.With(draft.Weights.ToDictionary(pair => pair.Key, pair => Leaf(pair.Value, pair.Value.requires_grad)));
        for (var k = 0; k < steps; k++)
        {
            Take(k, positions_ABT, isLast: k + 1 == steps);
        }
    }

    /// <summary>Per step what the head reads; wants a gradient before <see cref="Backward()"/>.</summary>
    public IReadOnlyList<Tensor> Normed_BTD => _normed_BTD;

    /// <summary>Takes the gradients of <see cref="Normed_BTD"/> back through all steps, to the draft's weights.</summary>
    public void Backward()
    {
        for (var k = _normed_BTD.Count - 1; k >= 0; k--)
        {
            // What a step or the loss leaves in the heap are holes that the next does not fit into; memory is short, or it would not be computed again.
            TensorMemory.GiveBack();
            Backward(k);
        }

        using var scope = NewDisposeScope();
        var reached = _leaves.Weights.Where(leaf => leaf.Value.grad is not null).ToList();
        autograd.backward([.. reached.Select(leaf => _draft.Weights[leaf.Key])], [.. reached.Select(leaf => leaf.Value.grad!)]);
    }

    /// <summary>With gradients, though they are not asked for: so it is the arithmetic of <see cref="Backward(int)"/>, to the bit.</summary>
    private void Take(int k, Tensor positions_ABT, bool isLast)
    {
        using var scope = NewDisposeScope();
        _positions_ABT.Add((k is 0 ? positions_ABT.alias() : positions_ABT.Plus(k)).MoveToOuterDisposeScope());
        using var attention = new UnrolledAttention(_documents, _kept);
        var (_, step) = Step(k, attention);
        _normed_BTD.Add(Leaf(step.Normed_BTD).MoveToOuterDisposeScope());
        if (isLast)
        {
            return;
        }

        _hidden_BTD.Add(Leaf(step.State.Hidden_BTD).MoveToOuterDisposeScope());
        _kept.AddRange(attention.Kept.Skip(_kept.Count).Select(tensor => Leaf(tensor).MoveToOuterDisposeScope()).ToList());
    }

    private (Tensor Hidden_BTD, DraftStep Step) Step(int k, UnrolledAttention attention)
    {
        var hidden_BTD = k is 0 ? _leaves.Fuse(_aux_BTE) : _hidden_BTD[k - 1].alias();
        return (hidden_BTD, _leaves.Step(new(hidden_BTD, _positions_ABT[k], attention), _documents.Ahead(_ids_BT, k + 1)));
    }

    private void Backward(int k)
    {
        using var scope = NewDisposeScope();
        using var attention = new UnrolledAttention(_documents, _kept[..(2 * k)]);
        var (hidden_BTD, step) = Step(k, attention);
        var reached = new List<(Tensor Output, Tensor Leaf)>();
        var isLast = k + 1 == _normed_BTD.Count;

        // Where the head reads what the next step reads, the loss comes first in the sum of its gradients.
        if (_draft.Config.NormOutput && k > 0)
        {
            reached.Add((hidden_BTD, _normed_BTD[k - 1]));
        }

        if (!_draft.Config.NormOutput || isLast)
        {
            reached.Add((step.Normed_BTD, _normed_BTD[k]));
        }

        if (!isLast)
        {
            var (keys, values) = (2 * k, (2 * k) + 1);
            reached.Add((step.State.Hidden_BTD, _hidden_BTD[k]));
            reached.Add((attention.Kept[keys], _kept[keys]));
            reached.Add((attention.Kept[values], _kept[values]));
        }

        autograd.backward([.. reached.Select(pair => pair.Output)], [.. reached.Select(pair => pair.Leaf.grad!)]);
        reached.ForEach(pair => pair.Leaf.Dispose());
    }

    private static Tensor Leaf(Tensor tensor, bool wantsGradient = true) => tensor.detach().requires_grad_(wantsGradient);
}
