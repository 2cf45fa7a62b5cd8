namespace AngelSlim.Core.Running;

/// <summary>Threads that all do the same until there is nothing left to do. Plain ones: a tensor belongs to one thread from start to end.</summary>
internal static class Workers
{
    /// <summary>Starts them, and waits for all of them.</summary>
    /// <param name="count">How many.</param>
    /// <param name="work">May not throw.</param>
    public static void Run(int count, Action work)
    {
        var threads = Enumerable.Range(1, count).Select(number => new Thread(() => work()) { IsBackground = true, Name = $"steps {number}" }).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
    }
}
