using System.Globalization;
using AngelSlim.Core.Artifacts;

namespace AngelSlim.Core.Running;

/// <summary>What became of a run.</summary>
internal enum RunState
{
    /// <summary>Its process is at work.</summary>
    Running,

    /// <summary>It came to its end.</summary>
    Made,

    /// <summary>The user stopped it; the same command goes on.</summary>
    Stopped,

    /// <summary>A step failed.</summary>
    Failed,

    /// <summary>Its process ended without a word; the same command goes on.</summary>
    Killed,
}

/// <summary>A run, as the index has it.</summary>
internal sealed record PastRun
{
    /// <summary>Its number in this store.</summary>
    public required long Id { get; init; }

    /// <summary>Path of the manifest, as it was given.</summary>
    public required string Manifest { get; init; }

    /// <summary>The experiment's name.</summary>
    public required string Name { get; init; }

    /// <summary>What became of it.</summary>
    public required RunState State { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>UTC; null while it goes on, or when it was killed.</summary>
    public required DateTimeOffset? Ended { get; init; }

    /// <summary>Where it took place.</summary>
    public required RunPlace Place { get; init; }

    /// <summary>Steps that it made.</summary>
    public required int Made { get; init; }

    /// <summary>Steps whose result was there.</summary>
    public required int Cached { get; init; }

    /// <summary>Steps that failed.</summary>
    public required int Failed { get; init; }

    /// <summary>A time as the index has it.</summary>
    internal static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}

/// <summary>Tells a run that goes on from one that was killed: both have no end in the index.</summary>
/// <param name="Host">This machine.</param>
/// <param name="StartOf">When a process of this machine began; null when there is none.</param>
/// <param name="Holders">Who works on a key of the store now, on whatever machine.</param>
internal sealed record Living(string Host, Func<int, DateTimeOffset?> StartOf, IReadOnlyCollection<Holder> Holders)
{
    // Linux counts a process's start in ticks since the machine's own start, and clocks are set.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(5);

    /// <summary>With those who work on a key of a store now.</summary>
    public static Living In(ArtifactStore store, string host, Func<int, DateTimeOffset?> startOf) => new(
        host, startOf, [.. store.Started().Where(key => StoreLock.IsHeld(store.Root, key)).Select(key => StoreLock.HolderOf(store.Root, key)).OfType<Holder>()]);

    /// <summary>The process of a run is at work. A process that began after the run has only got its number.</summary>
    public bool IsAlive(string host, int pid, DateTimeOffset started) =>
        Holders.Any(holder => holder.Pid == pid && holder.Host == host) || (host == Host && StartOf(pid) <= started + Slack);
}
