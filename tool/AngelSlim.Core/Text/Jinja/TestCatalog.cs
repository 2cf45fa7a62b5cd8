using System.Numerics;

namespace AngelSlim.Core.Text.Jinja;

/// <summary>The tests: <c>value is name(arguments)</c>.</summary>
internal static class TestCatalog
{
    private static readonly Dictionary<string, Builtin> All = Builtin.Table([
        new("defined", [], 0, call => call.Subject is not Undefined),
        new("undefined", [], 0, call => call.Subject is Undefined),
        new("none", [], 0, call => call.Subject is null),
        new("string", [], 0, call => call.Subject is string),
        new("number", [], 0, call => call.Subject is BigInteger or double or bool),
        new("integer", [], 0, call => call.Subject is BigInteger),
        new("float", [], 0, call => call.Subject is double),
        new("boolean", [], 0, call => call.Subject is bool),
        new("true", [], 0, call => call.Subject is true),
        new("false", [], 0, call => call.Subject is false),
        new("mapping", [], 0, call => call.Subject is PythonDict),
        new("sequence", [], 0, call => call.Subject is string or PythonList or PythonDict or PythonRange or Undefined),
        new("iterable", [], 0, call => Python.IsIterable(call.Subject)),
        new("callable", [], 0, call => call.Subject is PythonFunction or LoopState { Recurse: not null }),
        new("odd", [], 0, call => !Rest(call, 2).IsZero),
        new("even", [], 0, call => Rest(call, 2).IsZero),
        new("divisibleby", ["num"], 1, call => Rest(call, Python.Whole(call.Value(0)) ?? throw new JinjaFault("divisibleby needs a whole number")).IsZero),
        new("lower", [], 0, call => Casing.IsLower(call.SubjectText)),
        new("upper", [], 0, call => Casing.IsUpper(call.SubjectText)),
        new("sameas", ["other"], 1, call => Same(call.Subject, call.Value(0))),
        new("in", ["seq"], 1, call => call.Python.Contains(call.Value(0), call.Subject)),
        new("filter", [], 0, call => call.Subject is string name && FilterCatalog.Contains(name)),
        new("test", [], 0, call => call.Subject is string name && Contains(name)),
        new("escaped", [], 0, call => false),
        .. Comparing("==", "eq", "equalto", "=="),
        .. Comparing("!=", "ne", "!="),
        .. Comparing("<", "lt", "lessthan", "<"),
        .. Comparing("<=", "le", "<="),
        .. Comparing(">", "gt", "greaterthan", ">"),
        .. Comparing(">=", "ge", ">="),
    ]);

    public static bool Contains(string name) => All.ContainsKey(name);

    public static object? Apply(string name, Python python, object? subject, Arguments arguments) => All.TryGetValue(name, out var test)
        ? test.Invoke(python, subject, arguments)
        : throw new JinjaFault($"the test '{name}' is not supported");

    private static IEnumerable<Builtin> Comparing(string operation, params string[] names) => names.Select(name =>
        new Builtin(name, ["other"], 1, call => Evaluator.Holds(operation, call.Subject, call.Value(0), call.Python)));

    private static BigInteger Rest(Call call, BigInteger divisor) => Python.Whole(Python.Defined(call.Subject)) is not { } value
        ? throw new JinjaFault($"expected a whole number, found {Python.TypeName(call.Subject)}")
        : divisor.IsZero ? throw new JinjaFault("integer modulo by zero") : BigInteger.Remainder(value, divisor);

    private static bool Same(object? left, object? right) => (left, right) switch
    {
        (bool, bool) or (string, string) or (double, double) or (null, null) => Equals(left, right),
        (BigInteger a, BigInteger b) => a == b && a >= -5 && a <= 256,
        _ => ReferenceEquals(left, right),
    };
}
