using System.Numerics;

namespace AngelSlim.Core.Text.Jinja;

/// <summary>The filters: <c>value|name(arguments)</c>.</summary>
internal static class FilterCatalog
{
    private static readonly Dictionary<string, Builtin> All = Builtin.Table([.. TextFilters.All, .. ListFilters.All, .. ChoosingFilters.All, .. NumberFilters()]);

    public static bool Contains(string name) => All.ContainsKey(name);

    public static object? Apply(string name, Python python, object? subject, Arguments arguments) => All.TryGetValue(name, out var filter)
        ? filter.Invoke(python, subject, arguments)
        : throw new JinjaFault($"the filter '{name}' is not supported");

    private static IEnumerable<Builtin> NumberFilters() =>
    [
        new("abs", [], 0, call => Python.Defined(call.Subject) switch
        {
            double number => Math.Abs(number),
            var value => BigInteger.Abs(Python.Whole(value) ?? throw new JinjaFault($"bad operand type for abs(): '{Python.TypeName(value)}'")),
        }),
        new("int", ["default", "base"], 0, call => (object?)NumberReading.Whole(Python.Defined(call.Subject), call.Whole(1, 10)) ?? call.Value(0, BigInteger.Zero)),
        new("float", ["default"], 0, call => (object?)NumberReading.Float(Python.Defined(call.Subject)) ?? call.Value(0, 0.0)),
        new("round", ["precision", "method"], 0, call => NumberReading.Round(call)),
        new("filesizeformat", ["binary"], 0, call => NumberReading.FileSize(call)),
        .. Defaults("default"),
        .. Defaults("d"),
    ];

    private static IEnumerable<Builtin> Defaults(string name) =>
    [
        new(name, ["default_value", "boolean"], 0, call =>
            call.Subject is Undefined || (call.Truth(1) && !Python.Truth(call.Subject)) ? call.Value(0, "") : call.Subject),
    ];
}
