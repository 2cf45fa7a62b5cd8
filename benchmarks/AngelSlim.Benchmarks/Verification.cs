using System.Diagnostics;
using System.Globalization;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Running;

namespace AngelSlim.Benchmarks;

/// <summary>How fast a result is read back and judged, beside a plain read of the same bytes; and what opening the index costs.</summary>
/// <remarks>
/// The files are in the system's memory, so that no disk is measured. Rates by the clock are the best of some rounds; rates by
/// processor time are those of one undisturbed core, and hold on a busy machine too.
/// </remarks>
internal static class Verification
{
    private const int Files = 4;
    private const int Megabyte = 1 << 20;

    public static int Run(Options options)
    {
        var folder = Directory.CreateDirectory(Path.Combine(options["out"], "verification"));
        var size = (options.Number("megabytes") ?? 512) / Files;
        var rounds = options.Number("rounds") ?? 10;
        try
        {
            var paths = Enumerable.Range(0, Files).Select(file => Write(Path.Combine(folder.FullName, $"{file}"), size, file)).ToList();
            var gigabytes = (double)Files * size * Megabyte / 1e9;
            Console.WriteLine($"{Files} files of {size} MiB, best of {rounds} rounds, {Environment.ProcessorCount} processors");
            Measure("plain read", gigabytes, rounds, () => paths.ForEach(ReadPlainly));
            Measure("verified, one thread", gigabytes, rounds, () => paths.ForEach(path => Digest.OfFile(path)));
            Measure("verified, as in the store", gigabytes, rounds, () => FileDigests.Unremembered(paths));
            Open(Path.Combine(folder.FullName, "store"), rounds);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return 0;
    }

    private static string Write(string path, int megabytes, int seed)
    {
        var random = new Random(seed);
        var block = new byte[Megabyte];
        using var file = File.Create(path);
        for (var i = 0; i < megabytes; i++)
        {
            random.NextBytes(block);
            file.Write(block);
        }

        return path;
    }

    private static void ReadPlainly(string path)
    {
        var block = new byte[Megabyte];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, FileOptions.SequentialScan);
        while (file.Read(block) > 0)
        {
        }
    }

    private static void Measure(string what, double gigabytes, int rounds, Action work)
    {
        work();
        var (best, leastWork) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (var round = 0; round < rounds; round++)
        {
            var (clock, processor) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
            work();
            best = clock.Elapsed < best ? clock.Elapsed : best;
            var used = Environment.CpuUsage.TotalTime - processor;
            leastWork = used < leastWork ? used : leastWork;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {gigabytes / best.TotalSeconds:F2} GB/s by the clock, {gigabytes / leastWork.TotalSeconds:F2} GB per processor second"));
    }

    /// <summary>The first time loads SQLite; the others are what the index itself costs.</summary>
    private static void Open(string root, int rounds)
    {
        var times = new List<double>();
        for (var round = 0; round <= rounds + 1; round++)
        {
            var clock = Stopwatch.StartNew();
            RunDatabase.Open(root).Dispose();
            times.Add(clock.Elapsed.TotalMilliseconds);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"index: {times[0]:F1} ms to load SQLite and make it, {times.Skip(1).Min():F2} ms to open and close it again"));
    }
}
