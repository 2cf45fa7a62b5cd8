using System.Diagnostics;
using System.Globalization;
using AngelSlim.Torch.Targets;
using AngelSlim.Torch.Training;
using static TorchSharp.torch;

namespace AngelSlim.Benchmarks;

/// <summary>Does our trainer draw AngelSlim's curve, and what does that cost?</summary>
internal static class Replay
{
    public static int Run(Options options)
    {
        set_num_threads(1);
        using var scope = NewDisposeScope();
        var anchor = new Anchor(options["golden"]);
        using var target = TargetModel.Load(options["model"], ScalarType.Float32, CPU);
        using var replay = new AnchorReplay(anchor, target, Features(anchor, target, options), Path.GetTempPath());
        return Compare(replay, Math.Min(options.Number("steps") ?? replay.Steps, replay.Steps)) ? 0 : 1;
    }

    /// <summary>Without a cache the target runs at every step, as AngelSlim's does online.</summary>
    private static IFeatureSource Features(Anchor anchor, TargetModel target, Options options)
    {
        var layers = TargetModel.DefaultHiddenLayers(target.Config.Layers);
        return options.Find("cache") is { } cache
            ? CapturedRows.Of(anchor.Rows(), target, options["model"], layers, cache)
            : new LiveFeatures(target, layers, anchor.Rows());
    }

    private static bool Compare(AnchorReplay replay, int steps)
    {
        var (holds, worst, tokens, loss) = (true, 0.0, 0L, 0.0);
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        Console.WriteLine("steps      largest relative difference    mean loss    ms of processor per token");
        for (var i = 1; i <= steps; i++)
        {
            var step = replay.Next();
            (worst, tokens, loss) = (Math.Max(worst, step.Difference), tokens + step.Report.Tokens, loss + step.Report.Loss);
            if (step.Difference > step.Allowed)
            {
                holds = false;
                Console.WriteLine($"step {i}: {step.Difference:E2} away");
            }

            if (i is 1 || i % 50 == 0 || i == steps)
            {
                var spent = Process.GetCurrentProcess().TotalProcessorTime - before;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"to {i,4}    {worst:E2}    {loss / i:F4}    {spent.TotalMilliseconds / tokens:F3}"));
                worst = 0;
            }
        }

        Console.WriteLine($"peak memory {PeakMegabytes()} MB; {(holds ? "the same curve" : "another curve")}");
        return holds;
    }

    /// <summary>The high-water mark of the resident set.</summary>
    internal static long PeakMegabytes() => Process.GetCurrentProcess().PeakWorkingSet64 >> 20;
}
