using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Sharing;

/// <summary>What can be wrong with a cache, as one sentence for the user.</summary>
internal static class CacheFault
{
    /// <summary>It cannot be reached, or does not do what is asked.</summary>
    /// <param name="place">Of the file or the cache.</param>
    /// <param name="message">What was expected and found, and what to do.</param>
    /// <param name="inner">What was thrown.</param>
    public static DataException Refused(string place, string message, Exception? inner = null) => new(ProblemCode.CacheRefuses, OnOneLine(message), new TextPlace(OnOneLine(place)), inner);

    /// <summary>What lies in it is not what its name says.</summary>
    /// <param name="place">Of the file.</param>
    /// <param name="found">What is wrong.</param>
    public static DataException Corrupt(string place, string found) => new(
        ProblemCode.CacheCorrupt,
        OnOneLine($"{found}. Nothing of it was taken. 'dotnet angelslim cache verify --fix' takes it out of the cache; then push it again from a store that has it, or let a run make it."),
        new TextPlace(OnOneLine(place)));

    /// <summary>What comes from elsewhere cannot move the cursor.</summary>
    public static string OnOneLine(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? '?' : letter));
}
