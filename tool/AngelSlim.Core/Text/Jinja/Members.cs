using System.Numerics;

namespace AngelSlim.Core.Text.Jinja;

/// <summary><c>x.name</c> looks for a member first and for a key then, <c>x["name"]</c> the other way round.</summary>
internal static class Members
{
    public static object? Attribute(object? of, string name, Python python)
    {
        Python.Defined(of);
        if (Member(of, name, python, out var member))
        {
            return member;
        }

        var value = python.Item(of, name, out var found);
        return found ? value : Missing(of, name);
    }

    public static object? Item(object? of, object? key, Python python)
    {
        var value = python.Item(of, key, out var found);
        if (found)
        {
            return value;
        }

        return key is not string name ? MissingItem(of, key)
            : Member(of, name, python, out var member) ? member
            : Missing(of, name);
    }

    private static Undefined Missing(object? of, string name) =>
        new(of is null ? $"'None' has no attribute '{name}'" : $"'{Python.TypeName(of)} object' has no attribute '{name}'");

    private static Undefined MissingItem(object? of, object? key) =>
        new($"{(of is null ? "None" : Python.TypeName(of) + " object")} has no element {(key is BigInteger or string ? key : Python.TypeName(key))}");

    private static bool Member(object? of, string name, Python python, out object? member)
    {
        if (name.StartsWith("__", StringComparison.Ordinal) && of is not PythonNamespace)
        {
            member = new Undefined($"access to attribute '{name}' of '{Python.TypeName(of)}' object is unsafe");
            return true;
        }

        member = of switch
        {
            PythonNamespace space => space.Get(name),
            LoopState loop => loop.Member(name),
            PythonFunction { Parameters: { } parameters } macro => name switch
            {
                "name" => macro.Name,
                "arguments" => new PythonList([.. parameters], isTuple: true),
                _ => null,
            },
            _ => Method(of, name, python),
        };
        return member is not null || of is PythonNamespace;
    }

    private static PythonFunction? Method(object? of, string name, Python python)
    {
        var methods = of switch
        {
            string or PythonMarkup => StringMethods.All,
            PythonDict => ContainerMethods.OfDict,
            PythonList { IsTuple: false } => ContainerMethods.OfList,
            PythonList => ContainerMethods.OfTuple,
            double => ContainerMethods.OfFloat,
            _ => null,
        };
        return methods is not null && methods.TryGetValue(name, out var method)
            ? new PythonFunction(name, arguments => method.Invoke(python, of, arguments))
            : null;
    }
}
