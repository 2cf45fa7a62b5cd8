namespace AngelSlim.Core.Running;

/// <summary>Threads that all do the same until there is nothing left to do. Plain ones: a tensor belongs to one thread from start to end.</summary>
/// <remarks>The caller is one of them: its thread is the program's first, which has more of the C library's memory than others.</remarks>
internal static class Workers
{
    /// <summary>Works with them, and waits for all of them.</summary>
    /// <param name="count">How many.</param>
    /// <param name="work">May not throw.</param>
    public static void Run(int count, Action work)
    {
        var threads = Enumerable.Range(2, Math.Max(0, count - 1)).Select(number => new Thread(() => work()) { IsBackground = true, Name = $"steps {number}" }).ToList();
        threads.ForEach(thread => thread.Start());
        if (count > 0)
        {
            work();
        }

        threads.ForEach(thread => thread.Join());
    }
}
