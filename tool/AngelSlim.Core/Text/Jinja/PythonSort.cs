namespace AngelSlim.Core.Text.Jinja;

/// <summary>
/// Python's stable sort. .NET's own wraps what a comparison throws, and may throw itself where the order is none, as with
/// NaN among numbers.
/// </summary>
internal static class PythonSort
{
    /// <param name="items">What is sorted.</param>
    /// <param name="key">What each item is compared by.</param>
    /// <param name="reverse">Largest first; equal items keep their order all the same.</param>
    /// <param name="budget">Pays for the comparisons.</param>
    public static IReadOnlyList<T> Sorted<T>(IReadOnlyList<T> items, Func<T, object?> key, bool reverse, RenderBudget budget)
    {
        budget.SpendOnNew(items.Count);
        var from = items.Select(item => (Item: item, Key: key(item))).ToArray();
        var to = new (T Item, object? Key)[from.Length];
        for (long width = 1; width < from.Length; width *= 2)
        {
            for (long start = 0; start < from.Length; start += 2 * width)
            {
                var middle = (int)Math.Min(start + width, from.Length);
                Merge(from, to, ((int)start, middle, (int)Math.Min(start + (2 * width), from.Length)), (left, right) =>
                    PythonComparison.Order(left, right, budget) * (reverse ? -1 : 1));
            }

            (from, to) = (to, from);
        }

        return [.. from.Select(pair => pair.Item)];
    }

    private static void Merge<T>(
        (T Item, object? Key)[] from, (T Item, object? Key)[] to, (int Start, int Middle, int End) range, Func<object?, object?, int> order)
    {
        var (left, right) = (range.Start, range.Middle);
        for (var at = range.Start; at < range.End; at++)
        {
            var takesLeft = right == range.End || (left < range.Middle && order(from[right].Key, from[left].Key) >= 0);
            to[at] = takesLeft ? from[left++] : from[right++];
        }
    }
}
