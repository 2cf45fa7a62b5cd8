using System.Numerics;

namespace AngelSlim.Core.Text.Jinja;

/// <summary>Python's <c>==</c> and <c>&lt;</c>.</summary>
internal static class PythonComparison
{
    public static bool Equal(object? left, object? right, RenderBudget budget)
    {
        budget.Enter();
        (left, right) = (PythonMarkup.Plain(left), PythonMarkup.Plain(right));
        var equal = (left, right) switch
        {
            (string a, string b) => a.Length == b.Length && Paid(a.Length, budget) && string.Equals(a, b, StringComparison.Ordinal),
            (PythonList a, PythonList b) => a.IsTuple == b.IsTuple && a.Items.Count == b.Items.Count
                && Enumerable.Range(0, a.Items.Count).All(index => Equal(a.Items[index], b.Items[index], budget)),
            (PythonDict a, PythonDict b) => a.Count == b.Count
                && a.Pairs.All(pair => Paid((pair.Key as string)?.Length ?? 0, budget) && b.TryGet(pair.Key, out var other) && Equal(pair.Value, other, budget)),
            (Undefined, Undefined) => true,
            _ when Numbers(left, right) is { } order => order is 0,
            _ => Equals(left, right),
        };
        budget.Leave();
        return equal;
    }

    /// <summary>Negative, zero or positive; NaN is in no order.</summary>
    /// <exception cref="JinjaFault">Values of these types have no order.</exception>
    public static int? Order(object? left, object? right, string operation, RenderBudget budget)
    {
        Python.Defined(left);
        Python.Defined(right);
        budget.Enter();
        (left, right) = (PythonMarkup.Plain(left), PythonMarkup.Plain(right));
        var order = (left, right) switch
        {
            (double.NaN, _) or (_, double.NaN) => null,
            (string a, string b) => Paid(Math.Min(a.Length, b.Length), budget) ? TextOrder(a, b) : null,
            (PythonList a, PythonList b) when a.IsTuple == b.IsTuple => ListOrder(a.Items, b.Items, operation, budget),
            _ => Numbers(left, right) ?? throw new JinjaFault(
                $"'{operation}' not supported between instances of '{Python.TypeName(left)}' and '{Python.TypeName(right)}'"),
        };
        budget.Leave();
        return order;
    }

    /// <summary>For sorting: what <c>sort</c>, <c>min</c> and the like use.</summary>
    public static int Order(object? left, object? right, RenderBudget budget) => Order(left, right, "<", budget) ?? 0;

    private static bool Paid(int length, RenderBudget budget)
    {
        budget.SpendOn(length);
        return true;
    }

    private static int? ListOrder(IReadOnlyList<object?> left, IReadOnlyList<object?> right, string operation, RenderBudget budget)
    {
        for (var index = 0; index < Math.Min(left.Count, right.Count); index++)
        {
            if (!Equal(left[index], right[index], budget))
            {
                return Order(left[index], right[index], operation, budget);
            }
        }

        return left.Count.CompareTo(right.Count);
    }

    /// <summary>By code points, which UTF-16 units are not in order of.</summary>
    private static int TextOrder(string left, string right)
    {
        var at = left.AsSpan().CommonPrefixLength(right);
        if (at == left.Length || at == right.Length)
        {
            return left.Length.CompareTo(right.Length);
        }

        return Rank(left[at]).CompareTo(Rank(right[at]));

        static int Rank(char unit) => char.IsSurrogate(unit) ? unit + 0x10000 : unit;
    }

    private static int? Numbers(object? left, object? right) => (left, right) switch
    {
        (double a, double b) => a == b ? 0 : a.CompareTo(b) is 0 ? 1 : a.CompareTo(b),
        (double a, _) when Python.Whole(right) is { } b => FloatOrder(a, b),
        (_, double b) when Python.Whole(left) is { } a => -FloatOrder(b, a),
        _ when Python.Whole(left) is { } a && Python.Whole(right) is { } b => a.CompareTo(b),
        _ => null,
    };

    private static int FloatOrder(double left, BigInteger right)
    {
        if (!double.IsFinite(left))
        {
            return left > 0 ? 1 : -1;
        }

        var whole = new BigInteger(Math.Floor(left));
        return whole.CompareTo(right) is not 0 and var order ? order : left > Math.Floor(left) ? 1 : 0;
    }
}
