using System.Runtime.InteropServices;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Running;

/// <summary>Tells memory that is used up from other failures, and says what can be done about it.</summary>
internal static class OutOfMemory
{
    // libtorch has no type for it: its allocator's sentence, the system's, and the name of C++'s exception.
    private static readonly string[] Words = ["can't allocate memory", "Cannot allocate memory", "std::bad_alloc", "out of memory"];

    /// <summary>An allocation was refused, here or in libtorch.</summary>
    public static bool Caused(Exception failure) =>
        failure is OutOfMemoryException || (failure is ExternalException && Words.Any(word => failure.Message.Contains(word, StringComparison.OrdinalIgnoreCase)));

    /// <summary>The same failure with what to do.</summary>
    /// <param name="root">The store.</param>
    /// <param name="failure">What was thrown.</param>
    public static DataException Explained(string root, Exception failure) => new(
        ProblemCode.OutOfMemory,
        $"The memory is used up ({failure.Message.Split('\n')[0].Trim()}). What was done is kept below {Path.Combine(root, "work")}. End other programs, or take a machine with more memory, and run the same command again: it goes on from there. "
            + "Less is needed with a smaller data.maxTokens, with target.dtype bfloat16, or with mode offline.",
        inner: failure);
}
