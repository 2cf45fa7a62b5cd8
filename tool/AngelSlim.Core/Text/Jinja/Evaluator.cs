namespace AngelSlim.Core.Text.Jinja;

/// <summary>Gives expressions their values.</summary>
internal sealed class Evaluator(Python python)
{
    public object? Evaluate(Expression expression, Scope scope)
    {
        python.Budget.Enter();
        var value = expression switch
        {
            Constant constant => constant.Value,
            NameOf name => scope.Get(name.Name),
            AttributeOf attribute => Members.Attribute(Evaluate(attribute.Of, scope), attribute.Name, python),
            ItemOf item => Members.Item(Evaluate(item.Of, scope), Evaluate(item.Key, scope), python),
            CallOf call => Call(call, scope, caller: null),
            FilterOf filter => Filter(filter, null, scope),
            TestOf test => Test(test, scope),
            ConcatenationOf all => python.Join(All(all.Items, scope)),
            ConditionalOf choice => Choose(choice, scope),
            _ => EvaluateOperation(expression, scope),
        };
        python.Budget.Leave();
        return value;
    }

    /// <summary>Applies a filter to the value that it stands on, or to the text of its block.</summary>
    public object? Filter(FilterOf filter, string? block, Scope scope)
    {
        python.Budget.Enter();
        var subject = filter.Subject switch
        {
            null => block,
            FilterOf inner => Filter(inner, block, scope),
            var other => Evaluate(other, scope),
        };
        python.Budget.Leave();
        return FilterCatalog.Apply(filter.Name, python, subject, Arguments(filter.Arguments, scope));
    }

    /// <summary>Calls a function, a macro or a recursive loop; <paramref name="caller"/> is what a <c>call</c> block hands over.</summary>
    public object? Call(CallOf call, Scope scope, PythonFunction? caller)
    {
        var function = Evaluate(call.Function, scope);
        var arguments = Arguments(call.Arguments, scope);
        if (caller is not null)
        {
            arguments = arguments with { Named = new Dictionary<string, object?>(arguments.Named) { ["caller"] = caller } };
        }

        return Python.Defined(function) switch
        {
            PythonFunction callable => callable.Invoke(arguments),
            LoopState { Recurse: { } recurse } when arguments.Positional.Count is 1 => recurse(arguments.Positional[0]),
            var other => throw new JinjaFault($"'{Python.TypeName(other)}' object is not callable"),
        };
    }

    private object? EvaluateOperation(Expression expression, Scope scope) => expression switch
    {
        LogicOf logic => Evaluate(logic.Left, scope) is var left && Python.Truth(left) == logic.IsOr ? left : Evaluate(logic.Right, scope),
        NotOf not => !Python.Truth(Evaluate(not.Operand, scope)),
        BinaryOf binary => PythonNumbers.Compute(binary.Operation, Evaluate(binary.Left, scope), Evaluate(binary.Right, scope), python),
        SignOf sign => PythonNumbers.Signed(sign.Negative, Evaluate(sign.Operand, scope)),
        ComparisonOf comparison => Compare(comparison, scope),
        ListOf list => new PythonList(All(list.Items, scope)),
        TupleOf tuple => new PythonList(All(tuple.Items, scope), isTuple: true),
        DictOf dict => Dict(dict, scope),
        SliceOf slice => new Slice(Optional(slice.Start, scope), Optional(slice.Stop, scope), Optional(slice.Step, scope)),
        _ => throw new InvalidOperationException($"{expression.GetType().Name} has no evaluation."),
    };

    private object?[] All(IReadOnlyList<Expression> items, Scope scope) => [.. items.Select(item => Evaluate(item, scope))];

    private object? Optional(Expression? expression, Scope scope) => expression is null ? null : Evaluate(expression, scope);

    private object? Choose(ConditionalOf choice, Scope scope) =>
        Python.Truth(Evaluate(choice.Test, scope)) ? Evaluate(choice.Then, scope)
        : choice.Else is not null ? Evaluate(choice.Else, scope)
        : new Undefined("the inline if-expression evaluated to false and no else section was defined");

    private object? Test(TestOf test, Scope scope)
    {
        var subject = Evaluate(test.Subject, scope);
        return TestCatalog.Apply(test.Name, python, subject, Arguments(test.Arguments, scope));
    }

    private PythonDict Dict(DictOf dict, Scope scope)
    {
        var result = new PythonDict();
        foreach (var (key, value) in dict.Pairs)
        {
            result[python.Key(Evaluate(key, scope))] = Evaluate(value, scope);
        }

        return result;
    }

    private Arguments Arguments(ArgumentList list, Scope scope)
    {
        if (list == ArgumentList.None)
        {
            return Jinja.Arguments.None;
        }

        var positional = new List<object?>(All(list.Positional, scope));
        var named = new Dictionary<string, object?>();
        foreach (var (name, value) in list.Named)
        {
            named[name] = Evaluate(value, scope);
        }

        if (list.Rest is not null)
        {
            var rest = python.Items(Evaluate(list.Rest, scope));
            python.Budget.SpendOnItems(rest.Count);
            positional.AddRange(rest);
        }

        if (list.NamedRest is not null)
        {
            var namedRest = Evaluate(list.NamedRest, scope) as PythonDict ?? throw new JinjaFault("**arguments need a dict");
            foreach (var (key, value) in namedRest.Pairs)
            {
                named[python.Key(key) as string ?? throw new JinjaFault("names of **arguments must be texts")] = value;
            }
        }

        return new Arguments(positional, named);
    }

    private bool Compare(ComparisonOf comparison, Scope scope)
    {
        var left = Evaluate(comparison.First, scope);
        foreach (var (operation, operand) in comparison.Rest)
        {
            var right = Evaluate(operand, scope);
            if (!Holds(operation, left, right, python))
            {
                return false;
            }

            left = right;
        }

        return true;
    }

    /// <summary>Whether one comparison holds: <c>== != &lt; &lt;= &gt; &gt;= in not in</c>.</summary>
    public static bool Holds(string operation, object? left, object? right, Python python)
    {
        switch (operation)
        {
            case "==":
                return PythonComparison.Equal(left, right, python.Budget);
            case "!=":
                return !PythonComparison.Equal(left, right, python.Budget);
            case "in":
                return python.Contains(right, left);
            case "not in":
                return !python.Contains(right, left);
            default:
                var order = PythonComparison.Order(left, right, operation, python.Budget);
                return operation switch
                {
                    "<" => order < 0,
                    "<=" => order <= 0,
                    ">" => order > 0,
                    _ => order >= 0,
                };
        }
    }
}
