using AngelSlim.Core.Manifests;
using Microsoft.Data.Sqlite;

namespace AngelSlim.Core.Running;

/// <summary>Says what the machine did to the index, and what can be done about it.</summary>
internal static class IndexFault
{
    private const int Denied = 3;
    private const int Busy = 5;
    private const int Locked = 6;
    private const int NoMemory = 7;
    private const int ReadOnly = 8;
    private const int Unreadable = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int LockingProtocol = 15;
    private const int NotADatabase = 26;
    private const int NoRoomToShare = 4874;

    /// <summary>The failure as a problem of the machine or the store; null when the statement was at fault, and so the tool.</summary>
    /// <param name="path">The index.</param>
    /// <param name="failure">What SQLite said.</param>
    public static DataException? Of(string path, SqliteException failure) => failure.SqliteErrorCode switch
    {
        Corrupt or NotADatabase => Explained(ProblemCode.StoreCorrupt, path, failure, WhatToDoAboutDamage(path)),
        Full or Unreadable when failure.SqliteErrorCode is Full || failure.SqliteExtendedErrorCode is NoRoomToShare => DiskFull.Explained(Path.GetDirectoryName(path)!, failure),
        NoMemory => OutOfMemory.Explained(Path.GetDirectoryName(path)!, failure),
        Busy or Locked or LockingProtocol => Explained(ProblemCode.StoreBusy, path, failure, $"Another process has it and does not let go{WhoWorks(path)}. Wait for it, and run the same command again."),
        Denied or ReadOnly or CannotOpen or Unreadable => Explained(
            ProblemCode.FileSystem, path, failure, "The store must lie on a disk that you may write to: change that, or take another store with --store."),
        _ => null,
    };

    /// <summary>The system did not let it be opened as it was asked for.</summary>
    public static bool IsDenied(SqliteException failure) => failure.SqliteErrorCode is Denied or ReadOnly or CannotOpen;

    /// <summary>No result is lost with the index.</summary>
    /// <param name="path">The index.</param>
    public static string WhatToDoAboutDamage(string path) =>
        $"It holds no result. 'dotnet angelslim doctor --fix --store {Path.GetDirectoryName(path)}' puts it aside and makes it anew from what lies beside it.";

    /// <summary>Those who make something in this store now are the likely ones.</summary>
    private static string WhoWorks(string path)
    {
        var root = Path.GetDirectoryName(path)!;
        var who = StoreLock.Held(root).Select(key => StoreLock.HolderOf(root, key)).OfType<Holder>().Distinct().ToList();
        return who.Count is 0 ? "" : $"; at work in this store: {string.Join(", ", who)}";
    }

    private static DataException Explained(string code, string path, SqliteException failure, string whatToDo) =>
        new(code, $"The index cannot be used: {failure.Message} {whatToDo}", new TextPlace(path), failure);
}
