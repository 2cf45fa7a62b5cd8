using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using AngelSlim.Core.Running;

namespace AngelSlim.Core.Sharing;

/// <summary>So many things are moved at once, and no more.</summary>
/// <param name="count">How many.</param>
internal sealed class Lanes(int count) : IDisposable
{
    private readonly SemaphoreSlim _free = new(count);

    /// <summary>Does something with each item, several at a time; the first failure ends it, and is thrown when those under way have ended.</summary>
    public void Each<T>(IReadOnlyCollection<T> items, Action<T> work, CancellationToken cancellation)
    {
        var waiting = new ConcurrentQueue<T>(items);
        var failures = new ConcurrentQueue<Exception>();
        Workers.Run(Math.Min(count, items.Count), () =>
        {
            while (failures.IsEmpty && !cancellation.IsCancellationRequested && waiting.TryDequeue(out var item))
            {
                try
                {
                    work(item);
                }
                catch (Exception failure)
                {
                    failures.Enqueue(failure);
                }
            }
        });
        if (failures.TryPeek(out var first))
        {
            ExceptionDispatchInfo.Throw(first);
        }

        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>Makes something of each item, several at a time, as <see cref="Each"/> does.</summary>
    /// <returns>In the items' order.</returns>
    public IReadOnlyList<TMade> Map<T, TMade>(IReadOnlyList<T> items, Func<T, TMade> work, CancellationToken cancellation)
    {
        var made = new TMade[items.Count];
        Each([.. items.Index()], each => made[each.Index] = work(each.Item), cancellation);
        return made;
    }

    /// <summary>Moves one file, as soon as there is room.</summary>
    public void Move(Action work, CancellationToken cancellation)
    {
        _free.Wait(cancellation);
        try
        {
            work();
        }
        finally
        {
            _free.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _free.Dispose();
}
