namespace AngelSlim.Core.Text.Jinja;

/// <summary>A method, filter, test or global function that templates may use.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Parameters">Names of its parameters behind the value that it works on; null: it takes any arguments as they come.</param>
/// <param name="Required">How many of them must be given.</param>
/// <param name="Apply">What it does.</param>
internal sealed record Builtin(string Name, string[]? Parameters, int Required, Func<Call, object?> Apply)
{
    /// <summary>Whether a text that it makes of a markup is a markup again.</summary>
    public bool KeepsMarkup { get; init; }

    /// <summary>Looks up in a table by name.</summary>
    public static Dictionary<string, Builtin> Table(params IEnumerable<Builtin> builtins) => builtins.ToDictionary(builtin => builtin.Name);

    /// <summary>Binds the arguments to the parameters and applies it.</summary>
    public object? Invoke(Python python, object? subject, Arguments arguments)
    {
        var plain = PythonMarkup.Plain(subject);
        python.Budget.Spend(1 + ((SizeOf(plain) + arguments.Positional.Concat(arguments.Named.Values).Sum(SizeOf)) / 16));
        var isMarkup = subject is PythonMarkup;
        var result = Apply(new Call(python, plain, arguments, Bind(arguments)) { IsMarkup = isMarkup });
        return isMarkup && KeepsMarkup && result is string text ? new PythonMarkup(text) : result;
    }

    private static long SizeOf(object? value) => value switch
    {
        string text => text.Length,
        PythonMarkup markup => markup.Text.Length,
        PythonList list => list.Items.Count,
        PythonDict dict => dict.Count,
        PythonIterator iterator => iterator.Items.Count,
        _ => 0,
    };

    private object?[] Bind(Arguments arguments)
    {
        if (Parameters is null)
        {
            return [];
        }

        if (arguments.Positional.Count > Parameters.Length)
        {
            throw new JinjaFault($"{Name}() takes at most {Parameters.Length} arguments, {arguments.Positional.Count} are given");
        }

        var values = new object?[Parameters.Length];
        Array.Fill(values, Call.Absent);
        for (var index = 0; index < arguments.Positional.Count; index++)
        {
            values[index] = PythonMarkup.Plain(arguments.Positional[index]);
        }

        foreach (var (name, value) in arguments.Named)
        {
            var index = Array.IndexOf(Parameters, name);
            if (index < 0 || values[index] != Call.Absent)
            {
                throw new JinjaFault($"{Name}() has no parameter '{name}', or it is given twice");
            }

            values[index] = PythonMarkup.Plain(value);
        }

        return Array.IndexOf(values, Call.Absent, 0, Required) is >= 0 and var missing
            ? throw new JinjaFault($"{Name}() misses its argument '{Parameters[missing]}'")
            : values;
    }
}

/// <summary>One use of a <see cref="Builtin"/>.</summary>
internal sealed class Call(Python python, object? subject, Arguments arguments, object?[] values)
{
    /// <summary>Stands where an argument is not given.</summary>
    public static readonly object Absent = new();

    public Python Python { get; } = python;

    /// <summary>The value that the method belongs to or the filter stands on.</summary>
    public object? Subject { get; } = subject;

    /// <summary>Whether the subject was a markup, whose text it is now.</summary>
    public bool IsMarkup { get; init; }

    /// <summary>As they came.</summary>
    public Arguments Arguments { get; } = arguments;

    /// <summary>The subject of a method of str.</summary>
    public string Self => (string)Subject!;

    /// <summary>The subject as text, whatever it is.</summary>
    public string SubjectText => Python.Str(Subject);

    public bool Has(int index) => values[index] != Absent;

    public object? Value(int index, object? otherwise = null) => Has(index) ? values[index] : otherwise;

    public string Text(int index, string? otherwise = null) => Value(index, otherwise) is string text
        ? text
        : throw new JinjaFault($"expected str, found {Python.TypeName(Python.Defined(Value(index, otherwise)))}");

    public int Whole(int index, int otherwise = 0) => !Has(index) ? otherwise
        : Python.Small(Python.Defined(values[index])) ?? throw new JinjaFault($"'{Python.TypeName(values[index])}' object cannot be interpreted as an integer");

    public bool Truth(int index, bool otherwise = false) => Has(index) ? Python.Truth(values[index]) : otherwise;
}
