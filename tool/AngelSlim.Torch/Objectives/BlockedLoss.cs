using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Objectives;

/// <summary>What an unroll is judged with.</summary>
/// <param name="Objective">The loss of a row.</param>
/// <param name="StepDecay">Weight of unroll step k is this to the power k.</param>
/// <param name="Gate">Which positions count.</param>
/// <param name="Normalizer">What the sum is divided by.</param>
internal sealed record LossSettings(IObjective Objective, double StepDecay, Gate Gate, Normalizer Normalizer)
{
    /// <summary>What the target teaches.</summary>
    public TargetKind Targets { get; init; } = TargetKind.Soft;

    /// <summary>As the manifest asks: <see cref="Compatibility.Angelslim"/> decides gate and normaliser.</summary>
    public static LossSettings From(TrainingSettings training) => training.Compatibility is Compatibility.Angelslim
        ? new(new CrossEntropy(), training.StepDecay, Gate.Angelslim, Normalizer.Positions)
        : new(ObjectiveCatalog.Of(training.Objective), training.StepDecay, training.Gate, training.Normalizer) { Targets = training.Targets };

    /// <summary>What the sum is divided by: known only when every row of a step has been scored.</summary>
    /// <param name="figures">Of the whole step.</param>
    /// <param name="lengths">Of its texts.</param>
    public double Divisor(UnrollFigures figures, IReadOnlyCollection<int> lengths) => Normalizer is Normalizer.Positions
        ? (double)lengths.Count * lengths.Max()
        : Math.Max(1, figures.Steps[0].Counted);

    /// <summary>As held-out rows are judged: one measure whatever the training's, so that runs with different settings compare.</summary>
    public LossSettings ForHeldout() => this with { Objective = new CrossEntropy(), Targets = TargetKind.Soft, Gate = Gate.Exact, Normalizer = Normalizer.Counted };
}

/// <summary>The loss of all unroll steps at the rows that count, a block of rows at a time.</summary>
/// <remarks>
/// Rows outside, steps inside: a target row serves every step, so its probabilities are computed once, serve, and go. The
/// gradient of the scores is formed with the loss, while they are at hand, since the loss ends the graph: forming it in the
/// backward would pay for target and draft scores twice. The largest tensors alive are four of [block, W] and one of
/// [block, vocabulary slice]; nothing of [T, W] exists.
/// </remarks>
internal static class BlockedLoss
{
    /// <summary>Judges an unroll. Sums are not divided: a step may be judged in parts.</summary>
    /// <param name="states_BTD">For every unroll step what the head reads: the draft's states after its final norm.</param>
    /// <param name="head_WD">The draft's head; gets a gradient if it is trained, and then is a leaf. The loss is backed from once.</param>
    /// <param name="teacher">The target's distributions at the batch's rows.</param>
    /// <param name="mask_BT">The loss mask.</param>
    /// <param name="documents">Which tokens are whose.</param>
    /// <param name="settings">Which rows count and how.</param>
    public static UnrollLoss Of(IReadOnlyList<Tensor> states_BTD, Tensor head_WD, Teacher teacher, Tensor mask_BT, Documents documents, LossSettings settings)
    {
        foreach (var state_BTD in states_BTD)
        {
            state_BTD.Shaped([mask_BT.shape[0], mask_BT.shape[1], head_WD.shape[1]]);
        }

        var taught = CountedRows.Of(mask_BT, documents, states_BTD.Count, settings.Gate);
        var contiguous_BTD = states_BTD.Select(state_BTD => state_BTD.contiguous()).ToList();
        if (!is_grad_enabled())
        {
            return new LossWalk(contiguous_BTD, head_WD, settings).Judge(teacher, taught);
        }

        if (head_WD.requires_grad && !head_WD.is_leaf)
        {
            throw new ArgumentException("The head's gradient is added by hand, so nothing may lie before it.", nameof(head_WD));
        }

        var judgement = new Judgement(teacher, taught, settings);
        var loss = Node.apply([judgement, head_WD, .. contiguous_BTD]);
        return judgement.Result! with { Sum = loss };
    }

    /// <summary>What goes into the node beside tensors, and what comes out.</summary>
    private sealed record Judgement(Teacher Teacher, IReadOnlyList<TaughtRow> Taught, LossSettings Settings)
    {
        public UnrollLoss? Result { get; set; }
    }

    /// <summary>All blocks as one node of the autograd graph: (head, states of step 0, 1, …) to the loss.</summary>
    private sealed class Node : autograd.SingleTensorFunction<Node>
    {
        public override string Name => nameof(BlockedLoss);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            using var scope = NewDisposeScope();
            var judgement = (Judgement)vars[0];
            var head_WD = (Tensor)vars[1];
            var walk = new LossWalk([.. vars.Skip(2).Cast<Tensor>()], head_WD, judgement.Settings);
            var (loss, headGradient_WD, gradients_BTD) = walk.JudgeAndDifferentiate(judgement.Teacher, judgement.Taught);
            judgement.Result = loss;

            // Saved tensors are read after this method has returned: they must outlive its scope.
            var saved = headGradient_WD is null ? gradients_BTD : [headGradient_WD, .. gradients_BTD];
            saved.ForEach(gradient => gradient.MoveToOuterDisposeScope());
            ctx.save_for_backward(saved);
            ctx.save_data(nameof(TaughtHead), new TaughtHead(headGradient_WD is null ? null : head_WD));
            return loss.Sum.MoveToOuterDisposeScope();
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            var gradients = ctx.get_saved_variables();

            // Usually one: a sum that is backed from directly. Then nothing is touched.
            if (grad_output.ToNumber() is var factor and not 1)
            {
                gradients.ForEach(gradient => gradient.MultiplyInPlace(factor));
            }

            if (ctx.get_data(nameof(TaughtHead)) is not TaughtHead { Head_WD: { } head_WD })
            {
                return [null!, null!, .. gradients];
            }

            // By hand: autograd copies a gradient that was saved, and the head's is the largest tensor of a training.
            using var frozen = no_grad();
            if (head_WD.grad is { } before_WD)
            {
                before_WD.AddInPlace(gradients[0]);
            }
            else
            {
                head_WD.grad = gradients[0];
            }

            return [null!, null!, .. gradients.Skip(1)];
        }

        private sealed record TaughtHead(Tensor? Head_WD);
    }
}
