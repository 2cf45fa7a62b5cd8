using System.Diagnostics;
using AngelSlim.Core.Manifests;
using Xunit;

namespace AngelSlim.Testing;

/// <summary>Gives inputs to a reader on a thread of its own, and holds it to what is promised of them: an answer or a <see cref="DataException"/>, soon, in bounded memory.</summary>
public static class HostileInputs
{
    // No measurement: a reader that hangs must fail a test instead of stopping it, on a machine however busy.
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);

    /// <summary>Gives all of them.</summary>
    /// <param name="count">How many.</param>
    /// <param name="next">Makes one.</param>
    /// <param name="read">Reads it, and uses what was read.</param>
    /// <param name="mostBytes">What one of them may allocate.</param>
    /// <returns>How many were refused.</returns>
    public static int Try(int count, Func<byte[]> next, Action<byte[]> read, long mostBytes)
    {
        var run = new Run(count, next, read, mostBytes);
        var thread = new Thread(run.All) { IsBackground = true };
        thread.Start();
        while (!thread.Join(TimeSpan.FromSeconds(1)))
        {
            Assert.True(run.Current.Elapsed < Hang, $"input {run.Done} has been read for {Hang}: {run.Kept()}");
        }

        Assert.True(run.Failure is null, run.Failure);
        return run.Refused;
    }

    private sealed class Run(int count, Func<byte[]> next, Action<byte[]> read, long mostBytes)
    {
        private volatile byte[] _input = [];

        public int Done { get; private set; }

        public int Refused { get; private set; }

        public string? Failure { get; private set; }

        public Stopwatch Current { get; private set; } = Stopwatch.StartNew();

        /// <summary>The input in a file, to be looked at.</summary>
        public string Kept()
        {
            var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
            File.WriteAllBytes(path, _input);
            return path;
        }

        public void All()
        {
            for (; Done < count && Failure is null; Done++)
            {
                _input = next();
                Current = Stopwatch.StartNew();
                var before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    read(_input);
                }
                catch (DataException)
                {
                    Refused++;
                }
                catch (Exception e)
                {
                    Failure = $"input {Done}, {Kept()}: {e}";
                }

                var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                Failure ??= allocated > mostBytes ? $"input {Done}, {Kept()}, allocates {allocated} bytes; at most {mostBytes} expected" : null;
            }
        }
    }
}
