using System.Numerics;

namespace AngelSlim.Core.Text.Jinja;

/// <summary>The variable <c>loop</c>.</summary>
internal sealed class LoopState(IReadOnlyList<object?> items, int depth0, Python python)
{
    private IReadOnlyList<object?>? _last;

    public int Index0 { get; set; }

    public int Count => items.Count;

    public int Depth0 { get; } = depth0;

    /// <summary>Runs the body again over these items, one level deeper; null in a loop that is not recursive.</summary>
    public Func<object?, string>? Recurse { get; init; }

    /// <summary>Its members; null where there is none of that name.</summary>
    public object? Member(string name) => name switch
    {
        "index" => new BigInteger(Index0 + 1),
        "index0" => new BigInteger(Index0),
        "revindex" => new BigInteger(Count - Index0),
        "revindex0" => new BigInteger(Count - Index0 - 1),
        "length" => new BigInteger(Count),
        "first" => Index0 is 0,
        "last" => Index0 == Count - 1,
        "depth" => new BigInteger(Depth0 + 1),
        "depth0" => new BigInteger(Depth0),
        "previtem" => Index0 > 0 ? items[Index0 - 1] : new Undefined("there is no previous item"),
        "nextitem" => Index0 < Count - 1 ? items[Index0 + 1] : new Undefined("there is no next item"),
        "changed" => new PythonFunction(name, arguments => Changed(arguments)),
        "cycle" => new PythonFunction(name, Cycle),
        _ => new Undefined($"'loop' has no attribute '{name}'"),
    };

    private bool Changed(Arguments arguments)
    {
        var changed = _last is null || !PythonComparison.Equal(new PythonList(_last), new PythonList(arguments.Positional), python.Budget);
        _last = arguments.Positional;
        return changed;
    }

    private object? Cycle(Arguments arguments) => arguments.Positional.Count > 0
        ? arguments.Positional[Index0 % arguments.Positional.Count]
        : throw new JinjaFault("no items for cycling given");
}
