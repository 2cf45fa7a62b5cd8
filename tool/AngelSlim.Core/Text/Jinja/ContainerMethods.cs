using System.Numerics;

namespace AngelSlim.Core.Text.Jinja;

/// <summary>Methods of dict, list, tuple and float. Those that change a value are refused, as in Jinja2's sandbox.</summary>
internal static class ContainerMethods
{
    public static readonly Dictionary<string, Builtin> OfDict = Builtin.Table([
        new("items", [], 0, call => new PythonView("dict_items", Pairs(Dict(call), call.Python.Budget))),
        new("keys", [], 0, call => new PythonView("dict_keys", call.Python.Items(call.Subject))),
        new("values", [], 0, call => new PythonView("dict_values", Values(Dict(call), call.Python.Budget))),
        new("get", ["key", "default"], 1, call => Dict(call).TryGet(call.Python.Key(call.Value(0)), out var value) ? value : call.Value(1)),
        new("copy", [], 0, call => call.Subject),
        .. Refused("clear", "pop", "popitem", "setdefault", "update"),
    ]);

    public static readonly Dictionary<string, Builtin> OfTuple = Builtin.Table(Searching());

    public static readonly Dictionary<string, Builtin> OfList = Builtin.Table([
        .. Searching(),
        new("copy", [], 0, call => call.Subject),
        .. Refused("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"),
    ]);

    public static readonly Dictionary<string, Builtin> OfFloat = Builtin.Table([
        new("is_integer", [], 0, call => Math.Floor((double)call.Subject!).Equals((double)call.Subject!)),
    ]);

    /// <summary>Keys with their values, as tuples.</summary>
    public static IReadOnlyList<object?> Pairs(PythonDict dict, RenderBudget budget)
    {
        budget.SpendOnNew(dict.Count);
        return [.. dict.Pairs.Select(pair => PythonList.Tuple(pair.Key, pair.Value))];
    }

    private static IReadOnlyList<object?> Values(PythonDict dict, RenderBudget budget)
    {
        budget.SpendOnItems(dict.Count);
        return [.. dict.Values];
    }

    private static PythonDict Dict(Call call) => (PythonDict)call.Subject!;

    private static IReadOnlyList<object?> Items(Call call) => ((PythonList)call.Subject!).Items;

    private static IEnumerable<Builtin> Searching() =>
    [
        new("count", ["value"], 1, call => new BigInteger(Items(call).Count(item => PythonComparison.Equal(item, call.Value(0), call.Python.Budget)))),
        new("index", ["value"], 1, call => Index(call)),
    ];

    private static BigInteger Index(Call call)
    {
        var items = Items(call);
        for (var index = 0; index < items.Count; index++)
        {
            if (PythonComparison.Equal(items[index], call.Value(0), call.Python.Budget))
            {
                return new BigInteger(index);
            }
        }

        throw new JinjaFault("the value is not in the list");
    }

    private static IEnumerable<Builtin> Refused(params string[] names) => names.Select(name => new Builtin(
        name, null, 0, call => throw new JinjaFault($"access to attribute '{name}' of '{Python.TypeName(call.Subject)}' object is unsafe")));
}
