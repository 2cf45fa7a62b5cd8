namespace AngelSlim.Core.Text.Jinja;

/// <summary>Gives a macro's parameters their values.</summary>
internal sealed class MacroScope(MacroDefinition macro, Scope around, Evaluator evaluator)
{
    private readonly Scope _scope = new(around);
    private readonly Dictionary<string, object?> _named = [];

    public Scope Bind(Arguments arguments)
    {
        foreach (var (name, value) in arguments.Named)
        {
            _named[name] = value;
        }

        for (var index = 0; index < macro.Parameters.Count; index++)
        {
            BindOne(index, arguments);
        }

        BindCaller();
        BindRest(arguments);
        return _scope;
    }

    private void BindOne(int index, Arguments arguments)
    {
        var (name, value) = macro.Parameters[index];
        var named = _named.Remove(name, out var given);
        if (index < arguments.Positional.Count)
        {
            _scope.Set(name, named ? throw new JinjaFault($"macro '{macro.Name}' gets '{name}' twice") : arguments.Positional[index]);
        }
        else
        {
            _scope.Set(name, named ? given
                : value is not null ? evaluator.Evaluate(value, _scope)
                : new Undefined($"parameter '{name}' was not provided"));
        }
    }

    private void BindCaller()
    {
        if (macro.Uses.Contains("caller"))
        {
            _scope.Set("caller", _named.Remove("caller", out var caller) ? caller : new Undefined("No caller defined"));
        }
    }

    private void BindRest(Arguments arguments)
    {
        if (macro.Uses.Contains("varargs"))
        {
            _scope.Set("varargs", new PythonList([.. arguments.Positional.Skip(macro.Parameters.Count)], isTuple: true));
        }
        else if (arguments.Positional.Count > macro.Parameters.Count)
        {
            throw new JinjaFault($"macro '{macro.Name}' takes not more than {macro.Parameters.Count} argument(s)");
        }

        if (macro.Uses.Contains("kwargs"))
        {
            var rest = new PythonDict();
            foreach (var (name, value) in _named)
            {
                rest[name] = value;
            }

            _scope.Set("kwargs", rest);
        }
        else if (_named.Count > 0)
        {
            throw new JinjaFault($"macro '{macro.Name}' takes no keyword argument '{_named.Keys.First()}'");
        }
    }
}
