using System.Text.Json;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Running;

/// <summary>Who uses a store: any number of processes that run or read, or one that deletes. The system opens the gate when a process ends, however it ends.</summary>
/// <remarks>A lock on a key says who makes it; who reads it afterwards holds no such lock, and must not lose it.</remarks>
internal sealed class StoreGate : IDisposable
{
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly FileStream _file;

    private StoreGate(FileStream file) => _file = file;

    /// <summary>Joins those who use the store; null while one process has it alone.</summary>
    /// <param name="root">The store; made if it is not there.</param>
    public static StoreGate? TryShare(string root) => Try(root, FileAccess.Read, FileShare.Read);

    /// <summary>Joins those who use the store; waits a minute while one process has it alone, which is longer than that takes.</summary>
    /// <param name="root">The store; made if it is not there.</param>
    /// <param name="clock">Tells the time.</param>
    /// <exception cref="DataException">It took longer.</exception>
    public static StoreGate Share(string root, TimeProvider clock)
    {
        var since = clock.GetTimestamp();
        while (true)
        {
            if (TryShare(root) is { } gate)
            {
                return gate;
            }

            if (clock.GetElapsedTime(since) > Patience)
            {
                throw new DataException(
                    ProblemCode.StoreBusy, $"{StoreLock.ReadHolder(HolderPath(root))?.ToString() ?? "Another process"} has this store alone (gc, or doctor --fix). Wait for it.", new TextPlace(root));
            }

            Thread.Sleep(BetweenTries);
        }
    }

    /// <summary>Takes the store alone; null while any other process uses it.</summary>
    /// <param name="root">The store.</param>
    /// <param name="me">For those who wait.</param>
    public static StoreGate? TryTake(string root, Holder me)
    {
        var gate = Try(root, FileAccess.ReadWrite, FileShare.None);
        if (gate is not null)
        {
            Note(root, me);
        }

        return gate;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static StoreGate? Try(string root, FileAccess access, FileShare share)
    {
        Durable.CreateFolder(Folder(root));
        try
        {
            return new(new FileStream(PathOf(root), FileMode.OpenOrCreate, access, share));
        }
        catch (IOException failure) when (StoreLock.IsHeldByAnother(failure))
        {
            return null;
        }
    }

    private static void Note(string root, Holder me)
    {
        try
        {
            File.WriteAllText(HolderPath(root), JsonSerializer.Serialize(me));
        }
        catch (IOException failure) when (DiskFull.Caused(failure))
        {
            // Whoever deletes must not need room; those who wait are told no name.
        }
    }

    private static string Folder(string root) => Path.Combine(root, "locks");

    private static string PathOf(string root) => Path.Combine(Folder(root), "gate");

    private static string HolderPath(string root) => PathOf(root) + ".holder";
}
