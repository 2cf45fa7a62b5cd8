using System.Globalization;
using System.Text.Json.Nodes;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Stages;
using AngelSlim.Core.Stages.Contracts;
using AngelSlim.Torch.Tensors;
using static TorchSharp.torch;

namespace AngelSlim.Benchmarks;

/// <summary>What ten times the rows cost in time and memory: tokenizing, writing features, reading them.</summary>
internal static class TenTimes
{
    private const int Times = 10;
    private const int Batch = 4;

    /// <summary>Takes <c>--model DIR --conversations FILE.jsonl --out DIR [--copies 4] [--rows 100] [--rounds 3]</c>.</summary>
    public static int Run(Options options)
    {
        var (copies, rows, rounds) = (options.Number("copies") ?? 4, options.Number("rows") ?? 100, options.Number("rounds") ?? 3);
        var folder = Directory.CreateDirectory(Path.Combine(options["out"], "ten-times")).FullName;
        try
        {
            TensorMemory.Keep();
            set_num_threads(1);
            Console.WriteLine($"load {File.ReadAllText("/proc/loadavg").Trim()}");
            string[] conversations = [.. File.ReadLines(options["conversations"])];
            Compare("tokenizing", rounds, [.. new[] { copies, Times * copies }.Select(count => Tokenizing(options["model"], conversations, count, folder))]);
            using var few = new SyntheticFeatures(Dtype.Bfloat16, rows);
            using var many = new SyntheticFeatures(Dtype.Bfloat16, Times * rows);
            SyntheticFeatures[] both = [few, many];
            Compare("writing", rounds, [.. both.Select((features, i) => (Action)(() => features.Write(At(folder, $"{i}"))))]);
            Compare("reading", rounds, [.. both.Select((_, i) => (Action)(() => Features.Read(SyntheticFeatures.Open(At(folder, $"{i}")), Batch)))]);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string At(string folder, string name) => Directory.CreateDirectory(Path.Combine(folder, name)).FullName;

    /// <summary>The stage over the conversations, some times over, each time with another beginning.</summary>
    private static Action Tokenizing(string model, string[] conversations, int copies, string folder)
    {
        var path = Path.Combine(folder, $"{copies}.jsonl");
        using (var file = new StreamWriter(path))
        {
            for (var copy = 0; copy < copies; copy++)
            {
                foreach (var line in conversations)
                {
                    file.WriteLine(Other(line, copy));
                }
            }
        }

        return () =>
        {
            var output = At(folder, $"tokens-{copies}");
            using var journal = Journal.Open(Path.Combine(folder, $"{copies}.journal"));
            IStage stage = new TokenizeStage();
            stage.Run(
                new TokenizeSettings { MaxTokens = 2048, HeldoutShare = 0.05, Rows = RowsPer.Auto, Mask = LossMask.Exact, OnBadRow = OnBadRow.Skip },
                new TokenizeInputs(new TargetFolder(model), [new SourceFile(folder, Path.GetFileName(path))], [], null),
                new StageContext(output, folder, journal, _ => { }, CancellationToken.None));
        };
    }

    private static string Other(string line, int copy)
    {
        var row = JsonNode.Parse(line)!.AsObject();
        row.Remove("id");
        var first = row.First(member => member.Value is JsonArray).Value!.AsArray()[0]!.AsObject();
        var text = first.ContainsKey("value") ? "value" : "content";
        first[text] = $"{copy} {first[text]}";
        return row.ToJsonString();
    }

    private static void Compare(string what, int rounds, Action[] onceAndTenTimes)
    {
        var figures = onceAndTenTimes.Select(work => (Seconds: double.MaxValue, Peak: 0L, Above: long.MaxValue)).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < onceAndTenTimes.Length; i++)
            {
                GC.Collect();
                TensorMemory.GiveBack();
                ForgetPeak();
                var (before, processor) = (Status("VmRSS"), Environment.CpuUsage.TotalTime);
                onceAndTenTimes[i]();
                var seconds = (Environment.CpuUsage.TotalTime - processor).TotalSeconds;
                var peak = Status("VmHWM");
                figures[i] = (Math.Min(figures[i].Seconds, seconds), Math.Max(figures[i].Peak, peak), Math.Min(figures[i].Above, peak - before));
            }
        }

        var (once, ten) = (figures[0], figures[1]);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what,-10} {once.Seconds:F2} s and {ten.Seconds:F2} s of processor, {ten.Seconds / once.Seconds:F2} times; highest memory {once.Peak} MB and {ten.Peak} MB, above the level before {once.Above} MB and {ten.Above} MB"));
    }

    private static void ForgetPeak() => File.WriteAllText("/proc/self/clear_refs", "5");

    private static long Status(string name) => long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith(name, StringComparison.Ordinal)).Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture) / 1024;
}
