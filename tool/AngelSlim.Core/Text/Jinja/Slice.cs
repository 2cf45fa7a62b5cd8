namespace AngelSlim.Core.Text.Jinja;

/// <summary>An evaluated <c>start:stop:step</c>.</summary>
internal sealed record Slice(object? Start, object? Stop, object? Step)
{
    /// <summary>The part of a text, list or range; null where a bound is not a whole number.</summary>
    public object? Of(object of, Python python)
    {
        if (!IsBound(Start) || !IsBound(Stop) || !IsBound(Step))
        {
            return null;
        }

        var step = Step is null ? 1 : Python.Small(Step)!.Value;
        if (step is 0)
        {
            throw new JinjaFault("slice step cannot be zero");
        }

        if (of is string text && step is 1)
        {
            return Part(text, python.Budget);
        }

        var items = python.Items(of);
        var indexes = Indexes(items.Count, step).ToArray();
        python.Budget.SpendOnItems(indexes.Length);
        var taken = indexes.Select(index => items[index]).ToArray();
        return of switch
        {
            string => string.Concat(taken),
            PythonList list => new PythonList(taken, list.IsTuple),
            _ => new PythonList(taken),
        };
    }

    private string Part(string text, RenderBudget budget)
    {
        budget.SpendOn(text.Length);
        var count = Python.LengthOf(text);
        var (first, last) = (Clamp(Start, 0, count, step: 1), Clamp(Stop, count, count, step: 1));
        if (first >= last)
        {
            return "";
        }

        return count == text.Length ? text[first..last] : text[Python.UnitOf(text, first)..Python.UnitOf(text, last)];
    }

    private static bool IsBound(object? value) => value is null || Python.Small(value) is not null;

    /// <summary>No more of them than items are there, and so paid as those.</summary>
    private IEnumerable<int> Indexes(int count, int step)
    {
        var first = Clamp(Start, step > 0 ? 0 : count - 1, count, step);
        var last = Clamp(Stop, step > 0 ? count : -1, count, step);
        for (long at = first; step > 0 ? at < last : at > last; at += step)
        {
            yield return (int)at;
        }
    }

    private static int Clamp(object? bound, int missing, int count, int step)
    {
        if (bound is null)
        {
            return missing;
        }

        long at = Python.Small(bound)!.Value;
        at = at < 0 ? at + count : at;
        return (int)(step > 0 ? Math.Clamp(at, 0, count) : Math.Clamp(at, -1, count - 1));
    }
}
