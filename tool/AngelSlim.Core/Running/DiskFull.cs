using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Running;

/// <summary>Tells a full disk from other failures, and says what can be done about it.</summary>
internal static class DiskFull
{
    // ENOSPC and EDQUOT of Linux, EDQUOT of macOS, ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL of Windows.
    private static readonly int[] Codes = [28, 122, 69, unchecked((int)0x80070070), unchecked((int)0x80070027)];

    /// <summary>The disk, or a quota on it, is full.</summary>
    public static bool Caused(Exception failure) =>
        (failure is IOException && Codes.Contains(failure.HResult))
        || (failure is not DataException { Problem.Code: ProblemCode.DiskFull } && failure.InnerException is { } inner && Caused(inner));

    /// <summary>The same failure with what to do.</summary>
    /// <param name="root">The store.</param>
    /// <param name="failure">What was thrown.</param>
    public static DataException Explained(string root, Exception failure) => new(
        ProblemCode.DiskFull,
        $"The disk of {root} is full ({failure.Message}). What was done is kept below {Path.Combine(root, "work")}. Make room and run the same command again: it goes on from there. "
            + $"'dotnet angelslim gc --store {root}' says what nobody needs, and deletes it with --apply, also on a full disk.",
        inner: failure);
}
