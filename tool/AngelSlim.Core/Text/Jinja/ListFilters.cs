using System.Numerics;

namespace AngelSlim.Core.Text.Jinja;

/// <summary>Filters on lists, dicts and whatever can be gone through.</summary>
internal static class ListFilters
{
    public static readonly IReadOnlyList<Builtin> All =
    [
        new("length", [], 0, call => new BigInteger(Python.Length(call.Subject))),
        new("count", [], 0, call => new BigInteger(Python.Length(call.Subject))),
        new("list", [], 0, call => new PythonList(Items(call))),
        new("first", [], 0, call => Items(call) is { Count: > 0 } items ? items[0] : new Undefined("No first item, sequence was empty.")),
        new("last", [], 0, call => Items(call) is { Count: > 0 } items ? items[^1] : new Undefined("No last item, sequence was empty.")),
        new("reverse", [], 0, call => call.Subject is string ? string.Concat(Copied(call).Reverse()) : new PythonIterator([.. Copied(call).Reverse()])),
        new("join", ["d", "attribute"], 0, call => call.Python.Join(
            call.Has(1) ? Items(call).Select(Attribute(call.Value(1), call.Python)) : Items(call), call.Python.Str(call.Value(0, "")))),
        new("items", [], 0, ItemsOf),
        new("dictsort", ["case_sensitive", "by", "reverse"], 0, DictSort),
        new("sort", ["reverse", "case_sensitive", "attribute"], 0, call => new PythonList(PythonSort.Sorted(
            Items(call), Key(call.Value(2), call.Truth(1), call.Python), call.Truth(0), call.Python.Budget))),
        new("unique", ["case_sensitive", "attribute"], 0, Unique),
        new("min", ["case_sensitive", "attribute"], 0, call => Extreme(call, largest: false)),
        new("max", ["case_sensitive", "attribute"], 0, call => Extreme(call, largest: true)),
        new("sum", ["attribute", "start"], 0, Sum),
        new("batch", ["linecount", "fill_with"], 1, Batch),
        new("slice", ["slices", "fill_with"], 1, Slices),
        new("groupby", ["attribute", "default", "case_sensitive"], 1, GroupBy),
        new("attr", ["name"], 1, call => new Undefined($"'{Python.TypeName(call.Subject)} object' has no attribute '{call.Text(0)}'")),
    ];

    /// <summary>Reads <c>a.b.0</c> of an item, as <c>map(attribute=…)</c> does.</summary>
    public static Func<object?, object?> Attribute(object? path, Python python, object? otherwise = null)
    {
        python.Budget.Spend((path as string)?.Length ?? 0);
        object?[] keys = path is string text
            ? [.. text.Split('.').Select(part => part.Length is > 0 and < 9 && part.All(char.IsAsciiDigit) ? (object)BigInteger.Parse(part, System.Globalization.CultureInfo.InvariantCulture) : part)]
            : [path];
        return item =>
        {
            python.Budget.Spend(keys.Length);
            return keys.Aggregate(item, (value, key) => Members.Item(value, key, python) is var member && member is Undefined && otherwise is not null ? otherwise : member);
        };
    }

    /// <summary>What items are ordered and told apart by: texts without regard to case unless asked.</summary>
    private static Func<object?, object?> Key(object? attribute, bool caseSensitive, Python python)
    {
        var member = attribute is null ? item => item : Attribute(attribute, python);
        return caseSensitive ? member : item => WithoutCase(member(item), python.Budget);
    }

    private static object? WithoutCase(object? value, RenderBudget budget)
    {
        if (value is not string text)
        {
            return value;
        }

        budget.SpendOn(text.Length);
        return Casing.Lower(text);
    }

    private static IReadOnlyList<object?> Items(Call call) => call.Python.Items(call.Subject);

    /// <summary>The items, with a list of as many places paid for.</summary>
    private static IReadOnlyList<object?> Copied(Call call)
    {
        var items = Items(call);
        call.Python.Budget.SpendOnItems(items.Count);
        return items;
    }

    private static PythonIterator ItemsOf(Call call) => call.Subject switch
    {
        Undefined => new PythonIterator([]),
        PythonDict dict => new PythonIterator(ContainerMethods.Pairs(dict, call.Python.Budget)),
        _ => throw new JinjaFault("Can only get item pairs from a mapping."),
    };

    private static PythonList DictSort(Call call)
    {
        var dict = call.Subject as PythonDict ?? throw new JinjaFault($"dictsort needs a dict, found {Python.TypeName(Python.Defined(call.Subject))}");
        var index = call.Text(1, "key") switch { "key" => 0, "value" => 1, _ => throw new JinjaFault("dictsort sorts by 'key' or 'value'") };
        var key = Key(null, call.Truth(0), call.Python);
        var pairs = ContainerMethods.Pairs(dict, call.Python.Budget);
        return new PythonList(PythonSort.Sorted(pairs, pair => key(((PythonList)pair!).Items[index]), call.Truth(2), call.Python.Budget));
    }

    private static PythonIterator Unique(Call call)
    {
        var key = Key(call.Value(1), call.Truth(0), call.Python);
        var seen = new HashSet<PythonKey>();
        return new PythonIterator([.. Copied(call).Where(item => seen.Add(new PythonKey(call.Python.Key(key(item)))))]);
    }

    private static object? Extreme(Call call, bool largest)
    {
        var items = Items(call);
        if (items.Count is 0)
        {
            return new Undefined("No aggregated item, sequence was empty.");
        }

        var sorted = PythonSort.Sorted(items, Key(call.Value(1), call.Truth(0), call.Python), largest, call.Python.Budget);
        return sorted[0];
    }

    private static object? Sum(Call call)
    {
        var items = call.Value(0) is { } attribute ? Items(call).Select(Attribute(attribute, call.Python)) : Items(call);
        return items.Aggregate(call.Value(1, BigInteger.Zero), (sum, item) => PythonNumbers.Compute("+", sum, item, call.Python));
    }

    private static PythonIterator Batch(Call call)
    {
        var size = Math.Max(1, call.Whole(0));
        var items = Items(call);
        call.Python.Budget.SpendOnNew(items.Count);
        var batches = items.Chunk(size).ToList();
        if (call.Value(1) is { } fill && batches.Count > 0)
        {
            call.Python.Budget.SpendOnItems(size);
            batches[^1] = [.. batches[^1], .. Enumerable.Repeat(fill, size - batches[^1].Length)];
        }

        return new PythonIterator([.. batches.Select(batch => new PythonList(batch))]);
    }

    private static PythonIterator Slices(Call call)
    {
        var items = Items(call);
        var count = call.Whole(0) is > 0 and var given ? given : throw new JinjaFault("slice needs a number of slices above zero");
        call.Python.Budget.SpendOnNew((long)count + items.Count);
        var slices = new List<object?>();
        var from = 0;
        for (var index = 0; index < count; index++)
        {
            var size = (items.Count / count) + (index < items.Count % count ? 1 : 0);
            var slice = items.Skip(from).Take(size);
            slices.Add(new PythonList([.. call.Value(1) is { } fill && index >= items.Count % count ? slice.Append(fill) : slice]));
            from += size;
        }

        return new PythonIterator(slices);
    }

    private static PythonList GroupBy(Call call)
    {
        var member = Attribute(call.Value(0), call.Python, call.Value(1));
        Func<object?, object?> key = item => call.Truth(2) ? member(item) : WithoutCase(member(item), call.Python.Budget);
        var groups = new List<(object? Name, List<object?> Items)>();
        foreach (var item in PythonSort.Sorted(Items(call), key, reverse: false, call.Python.Budget))
        {
            if (groups.Count is 0 || !PythonComparison.Equal(key(groups[^1].Items[0]), key(item), call.Python.Budget))
            {
                groups.Add((member(item), []));
            }

            groups[^1].Items.Add(item);
        }

        return new PythonList([.. groups.Select(group => PythonList.Tuple(group.Name, new PythonList(group.Items)))]);
    }
}
