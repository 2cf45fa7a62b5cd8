using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Objectives;

/// <summary>One pass over the taught rows of a batch: loss, gradients and figures. Made for one pass.</summary>
/// <param name="inputs">What the head reads at every unroll step, [B, T, D] each.</param>
/// <param name="head_WD">The draft's head; its gradient is in its own type, whatever is computed in.</param>
/// <param name="settings">Loss and weights.</param>
internal sealed class LossWalk(IReadOnlyList<Tensor> inputs, Tensor head_WD, LossSettings settings)
{
    private const int BlockRows = 256;

    private readonly Tensor _read_WD = head_WD.detach().to(inputs[0].dtype);
    private readonly StepFigures[] _steps = new StepFigures[inputs.Count];
    private List<IObjective> _objectives = [.. inputs.Select(_ => settings.Objective)];
    private readonly int[] _prefixes = new int[inputs[0].shape[0] * inputs[0].shape[1]];
    private Tensor? _headGradient_WD;
    private List<Tensor> _gradients_BTD = [];

    /// <summary>Goes once over all blocks, without gradients.</summary>
    public UnrollLoss Judge(Teacher teacher, IReadOnlyList<TaughtRow> taught)
    {
        using var scope = NewDisposeScope();
        if (settings.Objective.ReadsMeanOverlap)
        {
            _objectives = AtMeanOverlaps(teacher, taught);
        }

        Walk(teacher, taught);
        var figures = new UnrollFigures(_steps);
        return new(tensor((float)figures.Weighted(settings.StepDecay)).MoveToOuterDisposeScope(), figures);
    }

    /// <summary>Goes once over all blocks.</summary>
    /// <returns>The loss, the gradient of the head in float32 (null if it is not trained), and the gradients of the inputs.</returns>
    public (UnrollLoss Loss, Tensor? Head_WD, List<Tensor> Inputs_BTD) JudgeAndDifferentiate(Teacher teacher, IReadOnlyList<TaughtRow> taught)
    {
        using var scope = NewDisposeScope();
        _headGradient_WD = head_WD.requires_grad ? TensorMemory.Apart(() => zeros_like(head_WD, dtype: float32)) : null;
        _gradients_BTD = [.. inputs.Select(input_BTD => zeros_like(input_BTD))];
        var loss = Judge(teacher, taught);
        _headGradient_WD?.MoveToOuterDisposeScope();
        _gradients_BTD.ForEach(gradient => gradient.MoveToOuterDisposeScope());
        loss.Sum.MoveToOuterDisposeScope();
        return (loss, _headGradient_WD, _gradients_BTD);
    }

    /// <summary>A walk for the overlaps alone, before anything is differentiated. Total variation is what they leave of 1.</summary>
    private List<IObjective> AtMeanOverlaps(Teacher teacher, IReadOnlyList<TaughtRow> taught)
    {
        var judged = new LossWalk(inputs, head_WD, settings with { Objective = new TotalVariation() }).Judge(teacher, taught);
        return [.. judged.Figures.Steps.Select(step => settings.Objective.At(1 - (step.Sum / Math.Max(1, step.Counted))))];
    }

    private void Walk(Teacher teacher, IReadOnlyList<TaughtRow> taught)
    {
        // Even blocks: a rest of six rows would cost a pass over both heads.
        var blocks = Math.Max((taught.Count + BlockRows - 1) / BlockRows, 1);
        foreach (var rows in taught.Chunk(Math.Max((taught.Count + blocks - 1) / blocks, 1)))
        {
            using var scope = NewDisposeScope();

            // Deepest first: then the rows of every step are the first ones, and nothing has to be copied.
            AddBlock(teacher, [.. rows.OrderByDescending(row => row.Depth)]);
        }
    }

    private void AddBlock(Teacher teacher, TaughtRow[] rows)
    {
        var (target_nW, choices) = teacher.Of([.. rows.Select(row => row.Teacher)]);
        var kept = Enumerable.Range(0, rows.Length).Where(i => choices[i] >= 0).ToArray();
        if (kept.Length < rows.Length)
        {
            target_nW = target_nW.index_select(0, tensor(kept.Select(i => (long)i).ToArray()));
        }

        if (settings.Targets is TargetKind.Hard)
        {
            target_nW = OnlyChoices(target_nW, [.. kept.Select(i => choices[i])]);
        }

        for (var step = 0; step < inputs.Count; step++)
        {
            var places = kept.Where(i => rows[i].Depth > step).Select(i => (long)rows[i].FirstDraft - step).ToArray();
            _steps[step] += default(StepFigures) with { Gated = rows.Count(row => row.Depth > step), Counted = places.Length };
            if (places.Length > 0)
            {
                AddStep(step, places, target_nW.narrow(0, 0, places.Length), [.. kept.Take(places.Length).Select(i => choices[i])]);
            }
        }
    }

    private static Tensor OnlyChoices(Tensor target_nW, long[] choices)
    {
        using var scope = NewDisposeScope();
        var choice_n1 = tensor(choices).unsqueeze(1);
        return zeros_like(target_nW).scatter_(1, choice_n1, ones([choices.Length, 1], float32)).MoveToOuterDisposeScope();
    }

    /// <summary>Adds one step's share of one block.</summary>
    private void AddStep(int step, long[] places, Tensor target_nW, long[] choices)
    {
        using var scope = NewDisposeScope();
        var places_n = tensor(places);
        var draft_nD = inputs[step].view(-1, head_WD.shape[1]).index_select(0, places_n);
        var scores_nW = mm(draft_nD, _read_WD.t()).to(float32);
        CountCorrect(step, places, scores_nW.argmax(1).data<long>().ToArray(), choices);
        var (loss_n, gradient_nW) = _objectives[step].Of(target_nW, scores_nW);
        _steps[step] += default(StepFigures) with { Sum = loss_n.sum().ToNumber() };
        if (_gradients_BTD.Count > 0)
        {
            var weight = Math.Pow(settings.StepDecay, step);
            gradient_nW = gradient_nW.to(_read_WD.dtype);
            AddToHead(gradient_nW, draft_nD, (float)weight);
            _gradients_BTD[step].view(-1, head_WD.shape[1]).index_copy_(0, places_n, mm(gradient_nW, _read_WD).MultiplyInPlace(weight));
        }
    }

    /// <summary>Adds up in float32: in bfloat16 the sum over blocks and steps would lose what float32 weights are there to keep.</summary>
    private void AddToHead(Tensor gradient_nW, Tensor draft_nD, float weight)
    {
        if (_headGradient_WD is { } sum_WD)
        {
            _ = gradient_nW.dtype == sum_WD.dtype
                ? sum_WD.addmm_(gradient_nW.t(), draft_nD, 1, weight)
                : sum_WD.AddInPlace(mm(gradient_nW.t(), draft_nD), weight);
        }
    }

    /// <summary>Blocks ascend in the text and steps ascend in a block, so a row's earlier steps have been seen.</summary>
    private void CountCorrect(int step, long[] places, long[] guesses, long[] choices)
    {
        var (correct, prefix) = (0, 0);
        for (var i = 0; i < places.Length; i++)
        {
            if (guesses[i] != choices[i])
            {
                continue;
            }

            correct++;
            if (_prefixes[places[i]] == step)
            {
                _prefixes[places[i]]++;
                prefix++;
            }
        }

        _steps[step] += default(StepFigures) with { Correct = correct, PrefixCorrect = prefix };
    }
}
