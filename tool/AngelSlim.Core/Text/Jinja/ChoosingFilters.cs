namespace AngelSlim.Core.Text.Jinja;

/// <summary>Filters that run another filter or a test over a list: <c>map</c>, <c>select</c>, <c>reject</c>, <c>selectattr</c>, <c>rejectattr</c>.</summary>
internal static class ChoosingFilters
{
    public static readonly IReadOnlyList<Builtin> All =
    [
        new("map", null, 0, Map),
        new("select", null, 0, call => Choose(call, item => item, skip: 0, wanted: true)),
        new("reject", null, 0, call => Choose(call, item => item, skip: 0, wanted: false)),
        new("selectattr", null, 0, call => Choose(call, Member(call), skip: 1, wanted: true)),
        new("rejectattr", null, 0, call => Choose(call, Member(call), skip: 1, wanted: false)),
    ];

    private static PythonIterator Map(Call call)
    {
        var items = Items(call);
        var arguments = call.Arguments;
        if (arguments.Positional.Count is 0 && arguments.Named.TryGetValue("attribute", out var attribute))
        {
            var member = ListFilters.Attribute(attribute, call.Python, arguments.Named.GetValueOrDefault("default"));
            return new PythonIterator([.. items.Select(member)]);
        }

        var name = (arguments.Positional is [string first, ..] ? first : null) ?? throw new JinjaFault("map needs the name of a filter, or attribute=");
        var others = arguments.Without(1);
        return new PythonIterator([.. items.Select(item => FilterCatalog.Apply(name, call.Python, item, others))]);
    }

    /// <summary>Nothing is nothing to choose from, whatever its type.</summary>
    private static IReadOnlyList<object?> Items(Call call)
    {
        var items = Python.Truth(call.Subject) ? call.Python.Items(call.Subject) : [];
        call.Python.Budget.SpendOnItems(items.Count);
        return items;
    }

    private static Func<object?, object?> Member(Call call) => call.Arguments.Positional.Count > 0
        ? ListFilters.Attribute(call.Arguments.Positional[0], call.Python)
        : throw new JinjaFault("the name of an attribute is missing");

    private static PythonIterator Choose(Call call, Func<object?, object?> member, int skip, bool wanted)
    {
        var arguments = call.Arguments.Without(skip);
        var test = arguments.Positional is [string name, ..] ? name : null;
        if (test is null && arguments.Positional.Count > 0)
        {
            throw new JinjaFault("the name of a test must be a text");
        }

        var others = arguments.Without(1);
        return new PythonIterator([.. Items(call).Where(item => Holds(member(item)) == wanted)]);

        bool Holds(object? value) => test is null ? Python.Truth(value) : Python.Truth(TestCatalog.Apply(test, call.Python, value, others));
    }
}
