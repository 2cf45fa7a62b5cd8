using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Training;

namespace AngelSlim.Benchmarks;

/// <summary>Our trainer on AngelSlim's rows, in its order, with its settings, from its first weights.</summary>
internal sealed class AnchorReplay : IDisposable
{
    private const int Unroll = 7;

    // README.md of the golden data: relative difference of the loss, its parts and the gradient's norm.
    private static readonly (int Until, double Allowed)[] Bounds = [(1, 1e-6), (100, 1e-5), (200, 1e-3), (int.MaxValue, 1e-2)];

    private static readonly TrainingSettings Settings = new()
    {
        Compatibility = Compatibility.Angelslim,
        Optimizer = OptimizerKind.Adamw,
        LearningRate = 3e-4,
        Schedule = Schedule.Constant,
        WarmupSteps = 0,
        WeightDecay = 0,
        Unroll = Unroll,
        StepDecay = 0.8,
        MaxGradientNorm = 1,
    };

    private readonly IReadOnlyList<IReadOnlyDictionary<string, double>> _expected;
    private readonly Eagle3Draft _draft;
    private readonly Trainer _trainer;

    /// <summary>At step 0.</summary>
    /// <param name="anchor">AngelSlim's run.</param>
    /// <param name="target">Its target, float32.</param>
    /// <param name="rows">Features of its rows.</param>
    /// <param name="scratch">A folder.</param>
    public AnchorReplay(Anchor anchor, TargetModel target, IFeatureSource rows, string scratch)
    {
        _expected = anchor.Steps;
        var config = anchor.Config(target.Config);
        var settings = new DraftSettings { Head = HeadStart.Random };
        _draft = FirstWeights.Draft(settings, config, anchor.InitialWeights(config), anchor.Vocabulary(config.TargetWords), TargetEnds.Of(target));
        var task = new TrainingTask(_draft, target.Head_VD, rows, step => [(int)_expected[step]["row"]], _expected.Count) { Scratch = scratch };
        _trainer = new(task, Settings);
    }

    /// <summary>Steps of the run.</summary>
    public int Steps => _trainer.Steps;

    /// <summary>Takes the next step and compares it.</summary>
    /// <exception cref="InvalidDataException">A count differs.</exception>
    public ReplayedStep Next()
    {
        var report = _trainer.Next();
        var expected = _expected[report.Step - 1];
        var worst = 0.0;
        void Near(string column, double actual) => worst = Math.Max(worst, Math.Abs(actual - expected[column]) / Math.Max(Math.Abs(expected[column]), 1e-12));
        void Same(string column, long actual)
        {
            if (actual != (long)expected[column])
            {
                throw new InvalidDataException($"step {report.Step}: {column} is {actual} instead of {expected[column]}");
            }
        }

        Same("tokens", report.Tokens);
        Same("masked", report.Masked);
        Near("loss", report.Loss);
        Near("grad_norm", report.GradientNorm);
        foreach (var (step, k) in report.Figures.Steps.Select((step, k) => (step, k)))
        {
            Near($"ploss_{k}", step.Sum / report.Divisor);
            Same($"counted_{k}", step.Counted);
        }

        return new(report, worst, Bounds.First(bound => report.Step <= bound.Until).Allowed);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _trainer.Dispose();
        _draft.Dispose();
    }
}

/// <summary>A step beside AngelSlim's.</summary>
/// <param name="Report">Ours.</param>
/// <param name="Difference">The largest relative difference.</param>
/// <param name="Allowed">What another implementation in float32 may differ.</param>
internal sealed record ReplayedStep(StepReport Report, double Difference, double Allowed);
