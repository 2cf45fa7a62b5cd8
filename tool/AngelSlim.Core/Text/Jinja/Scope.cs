namespace AngelSlim.Core.Text.Jinja;

/// <summary>Names that are visible at a place of the template: its own, and those around it.</summary>
internal sealed class Scope(Scope? around)
{
    private readonly Dictionary<string, object?> _names = [];

    public void Set(string name, object? value) => _names[name] = value;

    public object? Get(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Around)
        {
            if (scope._names.TryGetValue(name, out var value))
            {
                return value;
            }
        }

        return new Undefined($"'{name}' is undefined");
    }

    private Scope? Around { get; } = around;
}
