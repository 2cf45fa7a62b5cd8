using System.Text.Json;
using AngelSlim.Core.Artifacts;

namespace AngelSlim.Core.Running;

/// <summary>Who works on a key.</summary>
/// <param name="Pid">Process.</param>
/// <param name="Host">Machine.</param>
/// <param name="Since">Since when.</param>
internal sealed record Holder(int Pid, string Host, DateTimeOffset Since)
{
    /// <summary>A holder that may not have said yet who it is.</summary>
    public static string Name(Holder? holder) => holder?.ToString() ?? "another process";

    /// <inheritdoc/>
    public override string ToString() => $"process {Pid} on {Host} since {Since:yyyy-MM-dd HH:mm:ss}Z";
}

/// <summary>One process works on a key at a time. The system frees the lock when the process ends, however it ends.</summary>
/// <remarks>Lock files are never deleted: a file that one process deletes while another opens it would be two locks.</remarks>
internal sealed class StoreLock : IDisposable
{
    private const int TriesBeforeBusy = 10;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(20);

    // EAGAIN of Linux, EAGAIN of macOS, sharing violation of Windows.
    private static readonly int[] HeldByAnother = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream _file;

    private StoreLock(FileStream file) => _file = file;

    /// <summary>Some process has the lock now.</summary>
    public static bool IsHeld(string root, StepKey key)
    {
        var path = PathOf(root, key);
        try
        {
            using var file = File.Exists(path) ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read) : null;
            return false;
        }
        catch (IOException failure) when (IsHeldByAnother(failure))
        {
            return true;
        }
    }

    /// <summary>As <see cref="TryTake"/>, some times in a row: whoever only asks whether the lock is held has it for some microseconds, and is nobody to wait for.</summary>
    public static StoreLock? TryTakePatiently(string root, StepKey key, Holder me)
    {
        var taken = TryTake(root, key, me);
        for (var tries = 1; taken is null && tries < TriesBeforeBusy; tries++)
        {
            Thread.Sleep(BetweenTries);
            taken = TryTake(root, key, me);
        }

        return taken;
    }

    /// <summary>Takes the lock, or returns null when another process has it.</summary>
    /// <param name="root">The store.</param>
    /// <param name="key">What will be worked on.</param>
    /// <param name="me">For those who wait.</param>
    public static StoreLock? TryTake(string root, StepKey key, Holder me)
    {
        var path = PathOf(root, key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            var taken = new StoreLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));

            // In a file of its own, because nobody else can open the locked one.
            File.WriteAllText(HolderPath(path), JsonSerializer.Serialize(me));
            return taken;
        }
        catch (IOException failure) when (IsHeldByAnother(failure))
        {
            return null;
        }
    }

    /// <summary>Who took the lock last; null when nobody did, or when the note is being written just now.</summary>
    public static Holder? HolderOf(string root, StepKey key) => ReadHolder(HolderPath(PathOf(root, key)));

    /// <summary>Keys that some process works on now.</summary>
    public static IReadOnlyList<StepKey> Held(string root)
    {
        var folder = new DirectoryInfo(Path.Combine(root, "locks"));
        return !folder.Exists ? [] :
        [
            .. from file in folder.EnumerateFiles()
               let parts = file.Name.Split('-')
               where parts.Length is 2 && Digest.IsDigest(parts[1])
               let key = new StepKey(parts[0], Digest.Parse(parts[1]))
               where IsHeld(root, key)
               select key,
        ];
    }

    /// <summary>What opening a file failed with means that another process has it.</summary>
    internal static bool IsHeldByAnother(IOException failure) => HeldByAnother.Contains(failure.HResult);

    /// <summary>A note of who holds something; null when there is none, or when it is being written just now.</summary>
    internal static Holder? ReadHolder(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<Holder>(File.ReadAllText(path));
        }
        catch (Exception failure) when (failure is IOException or JsonException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static string PathOf(string root, StepKey key) => Path.Combine(root, "locks", $"{key.Stage}-{key.Recipe.Hex}");

    private static string HolderPath(string path) => path + ".holder";
}
