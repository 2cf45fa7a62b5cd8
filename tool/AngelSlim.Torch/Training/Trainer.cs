using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Objectives;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Training;

/// <summary>Takes one optimiser step after the other. There is one trainer, whatever the modality and wherever features come from.</summary>
internal sealed class Trainer : IDisposable
{
    private readonly TrainingTask _task;
    private readonly TrainingSettings _settings;
    private readonly LossSettings _loss;
    private readonly ScalarType _type;
    private readonly IReadOnlyList<IOptimizer> _optimizers;

    /// <summary>At step 0.</summary>
    public Trainer(TrainingTask task, TrainingSettings settings)
    {
        (_task, _settings) = (task, settings);
        _loss = LossSettings.From(settings);
        _type = ElementType.Of(settings.Dtype).Scalar;
        _optimizers = Optimizers.For(settings, task.Draft.Weights);
    }

    /// <summary>Steps taken.</summary>
    public int Taken { get; set; }

    /// <summary>Steps in all.</summary>
    public int Steps => _task.Steps;

    /// <summary>Everything that a run needs to go on from here, beside the number of steps taken: restored by copying into these tensors.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> State =>
    [
        .. _task.Draft.Weights.Select(pair => KeyValuePair.Create("draft." + pair.Key, pair.Value)),
        .. _optimizers.SelectMany(optimizer => optimizer.State),
    ];

    private IEnumerable<Tensor> Trained => _task.Draft.Weights.Values.Where(weight => weight.requires_grad);

    /// <summary>Takes the next step.</summary>
    /// <exception cref="DataException">Loss or gradient is not finite; the weights are as before the step.</exception>
    public StepReport Next()
    {
        using var scope = NewDisposeScope();
        var rows = _task.RowsAt(Taken);
        IReadOnlyList<int> lengths = [.. rows.Select(_task.Train.LengthOf)];
        var (figures, masked) = Differentiate(rows);

        // The divisor is known only now that every row has been scored.
        var divisor = _loss.Divisor(figures, lengths);
        IReadOnlyList<Tensor> gradients = [.. Trained.Select(weight => weight.grad!.DivideInPlace(divisor))];
        var report = new StepReport(Taken + 1, [.. rows.Select(_task.Train.IdOf)], lengths.Sum(), masked, figures.Weighted(_loss.StepDecay) / divisor, figures)
        {
            Divisor = divisor,
            GradientNorm = GradientNorm.Clip(gradients, _settings.MaxGradientNorm),
            Rate = LearningRate.At(_settings, Taken, Steps),
        };
        ThrowUnlessFinite(report, rows);
        Update(report.Rate);
        return report;
    }

    /// <summary>Judges the held-out rows, under the exact gate and by soft cross-entropy whatever the training's: so runs with different settings compare.</summary>
    /// <param name="cancellation">Asked before every row.</param>
    /// <returns>Sums over all rows.</returns>
    public UnrollFigures Evaluate(CancellationToken cancellation)
    {
        using var frozen = no_grad();
        var sum = UnrollFigures.None(_settings.Unroll);
        for (var row = 0; row < (_task.Heldout?.Count ?? 0); row++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            sum += Judge(_task.Heldout!.Read([row]), _loss.ForHeldout()).Figures;
        }

        return sum;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var optimizer in _optimizers)
        {
            optimizer.Dispose();
        }
    }

    /// <summary>Adds up the gradients of all rows, as many at a time as may be in memory.</summary>
    private (UnrollFigures Figures, long Masked) Differentiate(IReadOnlyList<int> rows)
    {
        var (figures, masked) = (UnrollFigures.None(_settings.Unroll), 0L);
        foreach (var group in RowOrder.Groups(rows, _task.Train.LengthOf, _settings.TokensAtOnce))
        {
            using var scope = NewDisposeScope();
            var batch = _task.Train.Read(group);
            (figures, masked) = (figures + Differentiate(batch), masked + batch.Mask_BT.sum().item<long>());
        }

        return (figures, masked);
    }

    private UnrollFigures Differentiate(FeatureBatch batch)
    {
        if (!_task.Recompute)
        {
            var judged = Judge(batch, _loss);
            judged.Sum.backward();
            return judged.Figures;
        }

        var unroll = new RecomputedUnroll(_task.Draft.ComputingIn(_type), batch.Aux_BTE, batch.Ids_BT, batch.Positions_ABT, batch.Documents, _settings.Unroll);
        var figures = DifferentiateLoss(unroll.Normed_BTD, batch);
        unroll.Backward();
        return figures;
    }

    /// <summary>In a scope of its own: what the loss needed is gone before steps are taken again.</summary>
    private UnrollFigures DifferentiateLoss(IReadOnlyList<Tensor> normed_BTD, FeatureBatch batch)
    {
        using var scope = NewDisposeScope();
        var loss = Judge(normed_BTD, batch, _loss);
        loss.Sum.backward();
        return loss.Figures;
    }

    private UnrollLoss Judge(FeatureBatch batch, LossSettings loss)
    {
        var steps = Unroll.Over(_task.Draft.ComputingIn(_type), batch.Aux_BTE, batch.Ids_BT, batch.Positions_ABT, batch.Documents, _settings.Unroll);
        return Judge([.. steps.Select(step => step.Normed_BTD)], batch, loss);
    }

    private UnrollLoss Judge(IReadOnlyList<Tensor> normed_BTD, FeatureBatch batch, LossSettings loss)
    {
        var teacher = new Teacher(batch.Last_BTD.flatten(0, 1), _task.TargetHead_VD, _task.Draft.Vocabulary);
        var mask_BT = loss.Gate is Gate.All ? ones_like(batch.Mask_BT) : batch.Mask_BT;
        return BlockedLoss.Of(normed_BTD, _task.Draft.Head_WD, teacher, mask_BT, batch.Documents, loss);
    }

    private void Update(double rate)
    {
        using var frozen = no_grad();
        Taken++;
        foreach (var optimizer in _optimizers)
        {
            optimizer.Update(Taken, rate);
        }

        foreach (var weight in Trained)
        {
            weight.grad = null;
        }
    }

    private void ThrowUnlessFinite(StepReport report, IReadOnlyList<int> rows)
    {
        if (double.IsFinite(report.Loss) && double.IsFinite(report.GradientNorm))
        {
            return;
        }

        var path = Path.Combine(_task.Scratch, "diverged.safetensors");
        var batch = _task.Train.Read(rows);
        SafetensorsWriter.Write(path, new Dictionary<string, Tensor>
        {
            ["ids"] = batch.Ids_BT,
            ["mask"] = batch.Mask_BT,
            ["aux"] = batch.Aux_BTE,
            ["last"] = batch.Last_BTD,
            ["positions"] = batch.Positions_ABT,
        });
        throw new DataException(
            ProblemCode.Diverged,
            $"training diverged at step {report.Step}: loss {report.Loss}, gradient norm {report.GradientNorm}, rows {string.Join(' ', report.Rows)}. "
            + $"Lower training.learningRate, or look at the batch in {path}.");
    }
}
