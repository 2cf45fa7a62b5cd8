using System.Diagnostics;
using System.Globalization;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Torch.Tensors;
using AngelSlim.Torch.Training;
using static TorchSharp.torch;

namespace AngelSlim.Benchmarks;

/// <summary>How fast capture writes its shards and training reads them, as a share of what a plain copy of the same bytes takes.</summary>
/// <remarks>
/// The plain write is one file stream per shard, from one block of a megabyte, flushed to the disk and renamed as shards are; the
/// plain read takes every file from its first byte to its last into a block as large as the states of a step, and once more into a
/// block that stays in the processor's cache, so that the bytes reach no memory. Files are in the system's memory all the time.
/// Writing is timed without the target: the rows are there. Product and copy take turns, and the best round of each counts.
/// </remarks>
internal static class Features
{
    private const int Megabyte = 1 << 20;
    private static readonly byte[] Block = new byte[Megabyte];

    /// <summary>Takes <c>--out DIR [--rows 400] [--dtype bfloat16] [--batch 4] [--rounds 5]</c>.</summary>
    public static int Run(Options options)
    {
        var (rounds, batch) = (options.Number("rounds") ?? 5, options.Number("batch") ?? 4);
        var dtype = options.Find("dtype") is "bfloat16" ? Dtype.Bfloat16 : Dtype.Float32;
        var folder = Directory.CreateDirectory(Path.Combine(options["out"], "features"));
        TensorMemory.Keep();
        set_num_threads(1);
        new Random(1).NextBytes(Block);
        using var features = new SyntheticFeatures(dtype, options.Number("rows") ?? 400);
        try
        {
            features.Write(folder.FullName);
            var files = folder.GetFiles("*.safetensors");
            var bytes = files.Sum(file => file.Length);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{dtype}, {files.Length} shards, {bytes / 1e6:F0} MB; load {File.ReadAllText("/proc/loadavg").Trim()}"));
            var sizes = files.Select(file => file.Length).ToList();
            Compare("write", bytes, rounds, () => features.Write(folder.FullName), () => WritePlainly(folder.FullName, sizes));
            features.Write(folder.FullName);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"opening: {Enumerable.Range(0, rounds).Min(_ => Timed(() => SyntheticFeatures.Open(folder.FullName)).Wall) * 1e3:F0} ms"));
            var step = new byte[bytes / features.Count * batch];
            var stored = SyntheticFeatures.Open(folder.FullName);
            Compare("read", bytes, rounds, () => Read(stored, batch), () => Array.ForEach(files, file => ReadPlainly(file.FullName, step)));
            Compare("read, into the processor's cache", bytes, rounds, () => Read(stored, batch), () => Array.ForEach(files, file => ReadPlainly(file.FullName, Block)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return 0;
    }

    /// <summary>Reads every row once, in the order of a training.</summary>
    /// <param name="stored">Open: that is done once in a training.</param>
    /// <param name="batch">Rows of a step.</param>
    public static void Read(StoredFeatures stored, int batch)
    {
        var order = new RowOrder(stored.Count, batch, seed: 42);
        for (var step = 0; step < order.StepsPerEpoch; step++)
        {
            using var scope = NewDisposeScope();
            stored.Read(order.At(step));
        }
    }

    private static void WritePlainly(string folder, List<long> sizes)
    {
        for (var i = 0; i < sizes.Count; i++)
        {
            var path = Path.Combine(folder, $"train-{i + 1:d5}.safetensors");
            using (var file = new FileStream(path + ".part", FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                for (var left = sizes[i]; left > 0; left -= Block.Length)
                {
                    file.Write(Block, 0, (int)Math.Min(left, Block.Length));
                }

                file.Flush(flushToDisk: true);
            }

            File.Move(path + ".part", path, overwrite: true);
            Durable.FlushFolder(folder);
        }
    }

    private static void ReadPlainly(string path, byte[] block)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, FileOptions.SequentialScan);
        while (file.Read(block) > 0)
        {
        }
    }

    private static void Compare(string what, long bytes, int rounds, Action product, Action plain)
    {
        var (ours, theirs) = (new List<Cost>(), new List<Cost>());
        for (var round = 0; round < rounds; round++)
        {
            ours.Add(Timed(product));
            theirs.Add(Timed(plain));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {bytes / Least(ours, cost => cost.Wall) / 1e9:F2} GB/s, plain {bytes / Least(theirs, cost => cost.Wall) / 1e9:F2} GB/s: {Least(theirs, cost => cost.Wall) / Least(ours, cost => cost.Wall):P0} by the clock, {Least(theirs, cost => cost.Processor) / Least(ours, cost => cost.Processor):P0} by processor time, {ours.Zip(theirs, (one, other) => other.Wall / one.Wall).Order().ElementAt(rounds / 2):P0} in the middle round"));
    }

    private static double Least(List<Cost> costs, Func<Cost, double> figure) => costs.Min(figure);

    private static Cost Timed(Action work)
    {
        var (clock, processor) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        work();
        return new(clock.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - processor).TotalSeconds);
    }

    /// <summary>Seconds of one round.</summary>
    private readonly record struct Cost(double Wall, double Processor);
}
