using System.Globalization;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Stages;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Pretraining;

/// <summary>Trains a target from its first weights to its last; a killed run goes on from its checkpoint, to the same bits.</summary>
internal sealed class Pretrainer : IDisposable
{
    private const double Smoothing = 0.95;
    private const int ReportEvery = 10;
    private const string CheckpointFile = "pretrain.safetensors";

    private readonly PretrainSettings _settings;
    private readonly IReadOnlyList<KeyValuePair<string, Tensor>> _weights;
    private readonly TargetModel _target;
    private readonly PretrainOptimizer _optimizer;
    private int _step;
    private double _loss = double.NaN;

    /// <summary>At step 0.</summary>
    /// <param name="settings">Rate, steps and seed.</param>
    /// <param name="config">The target's shape.</param>
    public Pretrainer(PretrainSettings settings, TargetConfig config)
    {
        using var random = new Generator((ulong)settings.Seed);
        _settings = settings;
        _weights = FreshWeights.Draw(config, random);
        _target = TargetModel.Create(config, _weights.ToDictionary());
        _optimizer = new PretrainOptimizer(_weights);
    }

    /// <summary>By the names that a checkpoint gives them, float32.</summary>
    public IReadOnlyDictionary<string, Tensor> Weights => _weights.ToDictionary();

    /// <summary>Mean over the last steps, weighted towards the newest; in nats a learnt token.</summary>
    public double Loss => _loss;

    private IEnumerable<KeyValuePair<string, Tensor>> State => _weights.Concat(_optimizer.State);

    /// <summary>Takes the steps that are missing.</summary>
    /// <param name="batches">From the beginning, also when the run goes on from a checkpoint.</param>
    /// <param name="context">Its scratch folder holds the checkpoint.</param>
    /// <exception cref="DataException">The loss is not a number.</exception>
    /// <exception cref="OperationCanceledException">The user wants to stop; the checkpoint has the last finished step.</exception>
    public void Run(PretrainBatches batches, StageContext context)
    {
        var checkpoint = Path.Combine(context.Scratch, CheckpointFile);
        Restore(checkpoint);
        for (var step = 0; step < _step; step++)
        {
            batches.Skip();
        }

        while (_step < _settings.Steps)
        {
            if (context.Cancellation.IsCancellationRequested)
            {
                Save(checkpoint);
                context.Cancellation.ThrowIfCancellationRequested();
            }

            Report(Step(batches), context);
            if (_step % _settings.CheckpointEvery == 0 && _step < _settings.Steps)
            {
                Save(checkpoint);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        _target.Dispose();
    }

    private double Step(PretrainBatches batches)
    {
        using var scope = NewDisposeScope();
        var batch = batches.Next();
        var last_BTD = _target.Run(new TargetInput(batch.Ids_BT), []).Last_BTD;
        var scores_NV = _target.Logits(last_BTD.flatten(0, 1).index_select(0, batch.Places_N));
        var mean = nn.functional.cross_entropy(scores_NV, batch.Next_N);
        mean.backward();
        var loss = mean.item<float>();
        if (!float.IsFinite(loss))
        {
            throw new DataException(
                ProblemCode.Diverged, $"Pretraining diverged at step {_step + 1}: the loss is {loss}. Lower target.pretrain.learningRate.");
        }

        _optimizer.Step(_step + 1, PretrainOptimizer.Rate(_settings.LearningRate, _step, _settings.Steps));
        _loss = double.IsNaN(_loss) ? loss : (Smoothing * _loss) + ((1 - Smoothing) * loss);
        _step++;
        return loss;
    }

    private void Report(double loss, StageContext context)
    {
        context.Report(new Measured("loss", loss, _step));
        if (_step % ReportEvery == 0 || _step == _settings.Steps)
        {
            var detail = string.Create(CultureInfo.InvariantCulture, $"loss {_loss:0.000}");
            context.Report(new Progressed(_step, _settings.Steps, "steps") { Detail = detail });
        }
    }

    private void Save(string path) => SafetensorsWriter.Write(path, State.ToDictionary(), new Dictionary<string, string>
    {
        ["step"] = _step.ToString(CultureInfo.InvariantCulture),
        ["loss"] = _loss.ToString("R", CultureInfo.InvariantCulture),
    });

    private void Restore(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var file = SafetensorsFile.Open(path);
        foreach (var (name, value) in State)
        {
            value.copy_(file.Read(name).Shaped(value.shape, name));
        }

        _step = int.Parse(file.Metadata["step"], CultureInfo.InvariantCulture);
        _loss = double.Parse(file.Metadata["loss"], CultureInfo.InvariantCulture);
    }
}
