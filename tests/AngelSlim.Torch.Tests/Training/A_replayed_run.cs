using AngelSlim.Benchmarks;
using AngelSlim.Testing;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Training;
using Xunit;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace AngelSlim.Torch.Tests.Training;

public sealed class A_replayed_run(ITestOutputHelper output)
{
    // All steps take half an hour of one core: the benchmark program has them. A wrong convention shows at the first step already.
    private const int ShortRun = 20;
    private static readonly int Steps = Environment.GetEnvironmentVariable("ANGELSLIM_LONG") is "1" ? 200 : ShortRun;

    [Fact]
    public void Draws_AngelSlims_curve_on_its_rows_from_its_first_weights()
    {
        if (Golden.Shared is not { } shared || RealModels.SmolLM2() is not { } model)
        {
            output.WriteLine("Skipped: the real model and AngelSlim's run are not on this machine.");
            return;
        }

        using var scope = NewDisposeScope();
        var anchor = new Anchor(Path.Combine(shared, "angelslim-smollm2"));
        using var target = TargetModel.Load(model, ScalarType.Float32, CPU);
        var scratch = Directory.CreateTempSubdirectory();
        var rows = new LiveFeatures(target, TargetModel.DefaultHiddenLayers(target.Config.Layers), anchor.Rows());
        using var replay = new AnchorReplay(anchor, target, rows, scratch.FullName);
        var steps = new List<ReplayedStep>();
        for (var i = 0; i < Steps; i++)
        {
            steps.Add(replay.Next());
            Assert.True(steps[i].Difference <= steps[i].Allowed, $"step {steps[i].Report.Step}: {steps[i].Difference:E2} away; {steps[i].Allowed:E1} is allowed.");
        }

        scratch.Delete(recursive: true);
        FidelityPage.Matches(
            "Training steps of a real run",
            "AngelSlim's own run on SmolLM2-135M-Instruct, replayed from its first weights on its rows: loss, its seven parts and the gradient's norm of each step, and every count equal. Both columns are the largest relative difference of any of these numbers. The first 20 of 600 steps; `ANGELSLIM_LONG=1` judges 200.",
            [Row("step 1", steps[..1]), Row($"steps 2 to {ShortRun}", steps[1..ShortRun])]);
    }

    private static FidelityRow Row(string what, List<ReplayedStep> steps)
    {
        var worst = steps.Max(step => step.Difference);
        return new("AngelSlim", "angelslim-smollm2", what, worst, worst, FormattableString.Invariant($"{steps[0].Allowed:0e-00} of each number"));
    }
}
