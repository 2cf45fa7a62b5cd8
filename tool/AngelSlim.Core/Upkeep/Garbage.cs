using AngelSlim.Core.Artifacts;

namespace AngelSlim.Core.Upkeep;

/// <summary>What is kept however old it is, and what is kept because it is young.</summary>
/// <param name="LastRuns">Of each experiment, so many runs keep what they used.</param>
/// <param name="Age">Nothing that is younger is deleted, unless <see cref="MostBytes"/> says so; runs that are younger keep what they used.</param>
internal sealed record GarbagePolicy(int LastRuns, TimeSpan Age)
{
    /// <summary>Also results that no known run used and that are older than every known run: what used them may have been forgotten.</summary>
    public bool Forgotten { get; init; }

    /// <summary>Runs keep what they used, the latest first, only as far as all that is kept, with what pins keep, takes no more; null when there is no bound.</summary>
    public long? MostBytes { get; init; }
}

/// <summary>Kinds of what may be deleted.</summary>
internal enum GarbageKind
{
    /// <summary>A complete result.</summary>
    Result,

    /// <summary>A result that was begun and not finished.</summary>
    PartialWork,

    /// <summary>A result that was on its way in from elsewhere.</summary>
    Incoming,

    /// <summary>A damaged result that was put aside.</summary>
    Quarantined,

    /// <summary>What a result was compared with, and the check left.</summary>
    Verification,

    /// <summary>An index of an earlier version, or a damaged one.</summary>
    OldIndex,

    /// <summary>What an earlier deletion did not get to.</summary>
    Trash,
}

/// <summary>Something that may be deleted.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Short, for people.</param>
/// <param name="Path">Absolute: a file or a folder.</param>
/// <param name="Reason">Why nobody needs it.</param>
/// <param name="Bytes">What it takes.</param>
internal sealed record Garbage(GarbageKind Kind, string Name, string Path, string Reason, long Bytes);

/// <summary>What may be deleted from a store, and what stays.</summary>
/// <param name="Garbage">By kind and name.</param>
/// <param name="Results">Complete results that stay.</param>
/// <param name="Bytes">What those take.</param>
internal sealed record GarbageReport(IReadOnlyList<Garbage> Garbage, int Results, long Bytes)
{
    /// <summary>What the user should know about what stays.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>Deletes it; the store's gate must be held alone. A kill at any moment leaves a store that a run mends, and a trash that the next time empties.</summary>
    /// <param name="trash">Of the same store.</param>
    public void Collect(Trash trash)
    {
        foreach (var item in Garbage.Where(item => item.Kind is not GarbageKind.Trash))
        {
            trash.Put(item.Path);
        }

        trash.Empty();
    }
}
