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
    private static readonly int Steps = Environment.GetEnvironmentVariable("ANGELSLIM_LONG") is "1" ? 200 : 20;

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
        for (var i = 0; i < Steps; i++)
        {
            var step = replay.Next();
            Assert.True(step.Difference <= step.Allowed, $"step {step.Report.Step}: {step.Difference:E2} away; {step.Allowed:E1} is allowed.");
        }

        scratch.Delete(recursive: true);
    }
}
