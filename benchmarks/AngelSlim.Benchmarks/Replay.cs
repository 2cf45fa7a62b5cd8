using System.Diagnostics;
using System.Globalization;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Torch.Drafts;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Training;
using static TorchSharp.torch;

namespace AngelSlim.Benchmarks;

/// <summary>Our trainer on AngelSlim's rows, order, settings and first weights: does it draw the same curve, and what does it cost?</summary>
internal static class Replay
{
    private const int Unroll = 7;

    // README.md of the golden data: relative difference of loss, its parts and the gradient's norm.
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

    public static int Run(Options options)
    {
        set_num_threads(1);
        using var scope = NewDisposeScope();
        var anchor = new Anchor(options["golden"]);
        using var target = TargetModel.Load(options["model"], ScalarType.Float32, CPU);
        var config = anchor.Config(target.Config);
        var rows = new CapturedRows(anchor.Rows(), target, config.HiddenLayers, options["cache"]);
        rows.Capture();
        var weights = anchor.InitialWeights(config);
        foreach (var weight in weights.Values)
        {
            weight.requires_grad_();
        }

        var steps = anchor.Steps;
        using var draft = new Eagle3Draft(config, weights, anchor.Vocabulary(config.TargetWords), target.Embedding_VD);
        var task = new TrainingTask(draft, target.Head_VD, rows, step => [(int)steps[step]["row"]], Math.Min(options.Number("steps") ?? steps.Count, steps.Count))
        {
            Scratch = options["cache"],
        };
        using var trainer = new Trainer(task, Settings);
        return Compare(trainer, steps) ? 0 : 1;
    }

    private static bool Compare(Trainer trainer, IReadOnlyList<IReadOnlyDictionary<string, double>> expected)
    {
        var (holds, worst, tokens, loss) = (true, 0.0, 0L, 0.0);
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        Console.WriteLine("steps      largest relative difference    mean loss    ms of processor per token");
        while (trainer.Taken < trainer.Steps)
        {
            var report = trainer.Next();
            var difference = Difference(report, expected[trainer.Taken - 1], ref holds);
            worst = Math.Max(worst, difference);
            tokens += report.Tokens;
            loss += report.Loss;
            if (difference > Bounds.First(bound => trainer.Taken <= bound.Until).Allowed)
            {
                holds = false;
                Console.WriteLine($"step {report.Step}: {difference:E2} away");
            }

            if (trainer.Taken is 1 || trainer.Taken % 50 == 0 || trainer.Taken == trainer.Steps)
            {
                var spent = Process.GetCurrentProcess().TotalProcessorTime - before;
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"to {trainer.Taken,4}    {worst:E2}    {loss / trainer.Taken:F4}    {spent.TotalMilliseconds / tokens:F3}"));
                worst = 0;
            }
        }

        Console.WriteLine($"peak memory {PeakMegabytes()} MB; {(holds ? "the same curve" : "another curve")}");
        return holds;
    }

    /// <summary>The largest relative difference of one step; counts must be equal.</summary>
    private static double Difference(StepReport report, IReadOnlyDictionary<string, double> expected, ref bool holds)
    {
        var (worst, equal) = (0.0, report.Tokens == (long)expected["tokens"] && report.Masked == (long)expected["masked"]);
        void Near(string column, double actual) => worst = Math.Max(worst, Math.Abs(actual - expected[column]) / Math.Max(Math.Abs(expected[column]), 1e-12));
        Near("loss", report.Loss);
        Near("grad_norm", report.GradientNorm);
        for (var k = 0; k < Unroll; k++)
        {
            var step = report.Figures.Steps[k];
            Near($"ploss_{k}", step.Sum / report.Divisor);
            equal &= step.Counted == (long)expected[$"counted_{k}"];
        }

        if (!equal)
        {
            holds = false;
            Console.WriteLine($"step {report.Step}: other counts");
        }

        return worst;
    }

    /// <summary>The high-water mark of the resident set.</summary>
    internal static long PeakMegabytes() => Process.GetCurrentProcess().PeakWorkingSet64 >> 20;
}
