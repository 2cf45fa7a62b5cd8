using System.Text;

namespace AngelSlim.Core.Text.Jinja;

/// <summary>Runs the statements of a template.</summary>
internal sealed class Interpreter
{
    // A round of a loop makes a scope, which costs as much as several expressions.
    private const int StepsOfRound = 5;
    private readonly Python _python;
    private readonly Evaluator _evaluator;
    private readonly List<TextSpan> _generated = [];
    private StringBuilder _output = new();
    private int _captures;
    private int _loopDepth = -1;

    public Interpreter(Python python)
    {
        _python = python;
        _evaluator = new Evaluator(python);
    }

    private enum Flow
    {
        Next,
        Break,
        Continue,
    }

    /// <summary>Where the statement that runs begins, or in which it failed.</summary>
    public Spot Spot { get; private set; }

    /// <summary>Whether something generated stands where its place in the text is not known: in a macro, or in a text that is kept.</summary>
    public bool LosesGenerated { get; private set; }

    public MarkedText Run(IReadOnlyList<Statement> template, Scope scope)
    {
        Execute(template, scope);
        return new MarkedText(_output.ToString(), _generated);
    }

    private Flow Execute(IReadOnlyList<Statement> statements, Scope scope)
    {
        foreach (var statement in statements)
        {
            _python.Budget.Enter();
            var flow = Execute(statement, scope);
            _python.Budget.Leave();
            if (flow is not Flow.Next)
            {
                return flow;
            }
        }

        return Flow.Next;
    }

    private Flow Execute(Statement statement, Scope scope)
    {
        Spot = statement.Spot;
        switch (statement)
        {
            case TextStatement text:
                Write(text.Text);
                return Flow.Next;
            case OutputStatement output:
                Write(_python.Str(_evaluator.Evaluate(output.Value, scope)));
                return Flow.Next;
            case IfStatement branch:
                return Execute(Python.Truth(_evaluator.Evaluate(branch.Test, scope)) ? branch.Then : branch.Else, scope);
            case ForStatement loop:
                return ExecuteLoop(loop, loop.Items, scope);
            case ScopeStatement inner:
                return Execute(inner.Body, Named(inner, scope));
            case BreakStatement:
                return Flow.Break;
            case ContinueStatement:
                return Flow.Continue;
            default:
                ExecuteDefinition(statement, scope);
                return Flow.Next;
        }
    }

    private void ExecuteDefinition(Statement statement, Scope scope)
    {
        switch (statement)
        {
            case SetStatement set:
                Assign(set.Target, _evaluator.Evaluate(set.Value, scope), scope);
                break;
            case SetBlockStatement set:
                var text = Capture(set.Body, new Scope(scope));
                Assign(set.Target, set.Filter is null ? text : _evaluator.Filter(set.Filter, text, scope), scope);
                break;
            case FilterStatement filter:
                Write(_python.Str(_evaluator.Filter(filter.Filter, Capture(filter.Body, new Scope(scope)), scope)));
                break;
            case MacroStatement macro:
                scope.Set(macro.Macro.Name, Function(macro.Macro, scope));
                break;
            case CallStatement call:
                Write(_python.Str(_evaluator.Call(call.Call, scope, Function(call.Caller, scope))));
                break;
            case GenerationStatement generation:
                ExecuteGeneration(generation, scope);
                break;
        }
    }

    private void ExecuteGeneration(GenerationStatement statement, Scope scope)
    {
        var start = _output.Length;
        Execute(statement.Body, new Scope(scope));
        _generated.Add(new TextSpan(start, _output.Length));
        LosesGenerated |= _captures > 0;
    }

    private Scope Named(ScopeStatement statement, Scope scope)
    {
        var inner = new Scope(scope);
        foreach (var (target, value) in statement.Names)
        {
            Assign(target, _evaluator.Evaluate(value, scope), inner);
        }

        return inner;
    }

    private Flow ExecuteLoop(ForStatement loop, Expression items, Scope scope) =>
        ExecuteLoop(loop, _python.Items(_evaluator.Evaluate(items, scope)), scope);

    private Flow ExecuteLoop(ForStatement loop, IReadOnlyList<object?> items, Scope scope)
    {
        items = loop.Test is null ? items : [.. items.Where(item => Python.Truth(_evaluator.Evaluate(loop.Test, WithItem(loop, item, scope))))];
        if (items.Count is 0)
        {
            return Execute(loop.Else, new Scope(scope));
        }

        var outside = _loopDepth;
        _loopDepth = loop.Recursive ? outside + 1 : 0;
        var state = new LoopState(items, _loopDepth, _python) { Recurse = loop.Recursive ? inner => Again(loop, inner, scope) : null };
        for (var index = 0; index < items.Count; index++)
        {
            _python.Budget.Spend(StepsOfRound);
            state.Index0 = index;
            var inner = WithItem(loop, items[index], scope);
            inner.Set("loop", state);
            if (Execute(loop.Body, inner) is Flow.Break)
            {
                break;
            }
        }

        _loopDepth = outside;
        return Flow.Next;
    }

    private string Again(ForStatement loop, object? items, Scope scope) => Capture(() => ExecuteLoop(loop, _python.Items(items), scope));

    private Scope WithItem(ForStatement loop, object? item, Scope scope)
    {
        var inner = new Scope(scope);
        Assign(loop.Target, item, inner);
        return inner;
    }

    private void Assign(Target target, object? value, Scope scope)
    {
        switch (target)
        {
            case NameTarget name:
                scope.Set(name.Name, value);
                break;
            case NamespaceTarget member:
                var space = scope.Get(member.Namespace) as PythonNamespace
                    ?? throw new JinjaFault($"'{member.Namespace}' is not a namespace, so '{member.Namespace}.{member.Name}' cannot be set");
                space.Set(member.Name, value);
                break;
            case TupleTarget tuple:
                var items = _python.Items(value);
                if (items.Count != tuple.Items.Count)
                {
                    throw new JinjaFault($"{tuple.Items.Count} values expected to unpack, {items.Count} found");
                }

                for (var index = 0; index < items.Count; index++)
                {
                    Assign(tuple.Items[index], items[index], scope);
                }

                break;
        }
    }

    private PythonFunction Function(MacroDefinition macro, Scope scope) => new(macro.Name, arguments => CallMacro(macro, scope, arguments))
    {
        Parameters = [.. macro.Parameters.Select(parameter => parameter.Name)],
    };

    private string CallMacro(MacroDefinition macro, Scope around, Arguments arguments)
    {
        var spot = Spot;
        var inner = new MacroScope(macro, around, _evaluator).Bind(arguments);
        var text = Capture(macro.Body, inner);
        Spot = spot;
        return text;
    }

    private string Capture(IReadOnlyList<Statement> body, Scope scope) => Capture(() => Execute(body, scope));

    private string Capture(Action execute)
    {
        var around = _output;
        _output = new StringBuilder();
        _captures++;
        execute();
        _captures--;
        var text = _output.ToString();
        _output = around;
        return text;
    }

    private void Write(string text)
    {
        RenderBudget.Bound((long)_output.Length + text.Length);
        _python.Budget.Spend(1 + (text.Length / 16));
        _output.Append(text);
    }
}
