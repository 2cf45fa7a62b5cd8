using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace AngelSlim.Core.Text.Jinja;

// A value of a template is a C# object: null for None, bool, BigInteger for int, double for float, string for str, and the
// types of this file for the rest.

/// <summary>What a name or member that does not exist gives: empty text, an empty list, false; anything else that is done with it fails.</summary>
/// <param name="why">The sentence for that failure.</param>
internal sealed class Undefined(string why)
{
    public JinjaFault Fault => new(why);
}

/// <summary>A list or a tuple; templates cannot change either.</summary>
internal sealed class PythonList(IReadOnlyList<object?> items, bool isTuple = false)
{
    public IReadOnlyList<object?> Items { get; } = items;

    public bool IsTuple { get; } = isTuple;

    public static PythonList Tuple(params object?[] items) => new(items, isTuple: true);
}

/// <summary>The key of a dict: equal as Python has it, so that 1, 1.0 and True are one key.</summary>
internal readonly struct PythonKey : IEquatable<PythonKey>
{
    private readonly object? _compared;

    /// <exception cref="JinjaFault">Lists and dicts are no keys; tuples are not supported.</exception>
    public PythonKey(object? value)
    {
        Value = PythonMarkup.Plain(value);
        _compared = Value switch
        {
            bool truth => truth ? BigInteger.One : BigInteger.Zero,
            double number when double.IsFinite(number) && Math.Truncate(number) == number => new BigInteger(number),
            PythonList { IsTuple: true } => throw new JinjaFault("a tuple as the key of a dict is not supported"),
            PythonList or PythonDict => throw new JinjaFault($"unhashable type: '{Python.TypeName(value)}'"),
            _ => value,
        };
    }

    public object? Value { get; }

    public bool Equals(PythonKey other) => Equals(_compared, other._compared);

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is PythonKey other && Equals(other);

    public override int GetHashCode() => _compared?.GetHashCode() ?? 0;
}

/// <summary>A dict: keeps the order of insertion.</summary>
internal sealed class PythonDict
{
    private readonly OrderedDictionary<PythonKey, object?> _items = [];

    public int Count => _items.Count;

    public IEnumerable<object?> Keys => _items.Keys.Select(key => key.Value);

    public IEnumerable<object?> Values => _items.Values;

    public IEnumerable<(object? Key, object? Value)> Pairs => _items.Select(item => (item.Key.Value, item.Value));

    public object? this[object? key]
    {
        set => _items[new PythonKey(key)] = value;
    }

    public bool TryGet(object? key, out object? value) => _items.TryGetValue(new PythonKey(key), out value);
}

/// <summary>What <c>items()</c>, <c>keys()</c> and <c>values()</c> of a dict give.</summary>
internal sealed record PythonView(string Kind, IReadOnlyList<object?> Items);

/// <summary>A text that <c>safe</c> or <c>escape</c> made: <c>+</c> escapes what is added to it. To everything else it is its text.</summary>
internal sealed record PythonMarkup(string Text)
{
    /// <summary>The value, or the text of a markup.</summary>
    public static object? Plain(object? value) => value is PythonMarkup markup ? markup.Text : value;

    /// <summary>Escapes what has a meaning in HTML.</summary>
    public static string Escaped(string text, RenderBudget budget)
    {
        budget.SpendOn(text.Length * 5L);
        return text.Replace("&", "&amp;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace("'", "&#39;", StringComparison.Ordinal).Replace("\"", "&#34;", StringComparison.Ordinal);
    }
}

/// <summary>What <c>encode()</c> gives; it can only be printed.</summary>
internal sealed record PythonBytes(byte[] Bytes);

/// <summary>What can only be gone through: the result of <c>map</c>, <c>select</c>, …</summary>
internal sealed record PythonIterator(IReadOnlyList<object?> Items);

/// <summary><c>range(…)</c>; at most 100,000 numbers, as in Jinja2's sandbox.</summary>
internal sealed record PythonRange(int Start, int Stop, int Step)
{
    public int Count => (int)Math.Clamp(Step > 0 ? ((long)Stop - Start + Step - 1) / Step : ((long)Start - Stop - Step - 1) / -(long)Step, 0, int.MaxValue);

    public BigInteger At(int index) => Start + ((long)index * Step);
}

/// <summary><c>namespace(…)</c>: the one thing that a loop may change for what follows it.</summary>
internal sealed class PythonNamespace
{
    private readonly Dictionary<string, object?> _members = [];

    public object? Get(string name)
    {
        Check(name);
        return _members.TryGetValue(name, out var value) ? value : new Undefined($"'namespace object' has no attribute '{name}'");
    }

    public void Set(string name, object? value)
    {
        Check(name);
        _members[name] = value;
    }

    private static void Check(string name)
    {
        if (name.StartsWith('_'))
        {
            throw new JinjaFault($"a member of a namespace cannot begin with '_', as '{name}' does");
        }
    }
}

/// <summary>Something that can be called: a macro, a method, a global function.</summary>
internal sealed record PythonFunction(string Name, Func<Arguments, object?> Invoke)
{
    /// <summary>Names of a macro's parameters.</summary>
    public IReadOnlyList<string>? Parameters { get; init; }
}

/// <summary>The arguments of one call.</summary>
internal sealed record Arguments(IReadOnlyList<object?> Positional, IReadOnlyDictionary<string, object?> Named)
{
    public static readonly Arguments None = new([], new Dictionary<string, object?>());

    public Arguments Without(int count) => this with { Positional = [.. Positional.Skip(count)] };
}
