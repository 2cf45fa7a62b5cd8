using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Text;

/// <summary>The failure for a row that cannot be used.</summary>
internal static class BadRow
{
    /// <param name="place">File and line of the row.</param>
    /// <param name="why">What is wrong with it.</param>
    /// <param name="inner">What lies beneath, if anything.</param>
    public static DataException At(TextPlace place, string why, Exception? inner = null) =>
        new(ProblemCode.BadRow, why + "; mend or delete the row, or set data.onBadRow to \"skip\"", place, inner);
}
