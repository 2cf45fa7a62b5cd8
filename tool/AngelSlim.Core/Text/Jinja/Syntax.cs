namespace AngelSlim.Core.Text.Jinja;

/// <summary>Something with a value. <paramref name="Spot"/> is its line in the template, from 1.</summary>
internal abstract record Expression(Spot Spot);

internal sealed record Constant(object? Value, Spot Spot) : Expression(Spot);

internal sealed record NameOf(string Name, Spot Spot) : Expression(Spot);

internal sealed record ListOf(IReadOnlyList<Expression> Items, Spot Spot) : Expression(Spot);

internal sealed record TupleOf(IReadOnlyList<Expression> Items, Spot Spot) : Expression(Spot);

internal sealed record DictOf(IReadOnlyList<(Expression Key, Expression Value)> Pairs, Spot Spot) : Expression(Spot);

/// <summary><c>x.name</c></summary>
internal sealed record AttributeOf(Expression Of, string Name, Spot Spot) : Expression(Spot);

/// <summary><c>x[key]</c></summary>
internal sealed record ItemOf(Expression Of, Expression Key, Spot Spot) : Expression(Spot);

/// <summary><c>start:stop:step</c> between brackets.</summary>
internal sealed record SliceOf(Expression? Start, Expression? Stop, Expression? Step, Spot Spot) : Expression(Spot);

/// <summary>What stands between the brackets of a call.</summary>
internal sealed record ArgumentList(
    IReadOnlyList<Expression> Positional,
    IReadOnlyList<(string Name, Expression Value)> Named,
    Expression? Rest,
    Expression? NamedRest)
{
    public static readonly ArgumentList None = new([], [], null, null);
}

internal sealed record CallOf(Expression Function, ArgumentList Arguments, Spot Spot) : Expression(Spot);

/// <summary><c>x|name(…)</c>; without a subject the text of the block that it stands on.</summary>
internal sealed record FilterOf(Expression? Subject, string Name, ArgumentList Arguments, Spot Spot) : Expression(Spot);

/// <summary><c>x is name(…)</c></summary>
internal sealed record TestOf(Expression Subject, string Name, ArgumentList Arguments, Spot Spot) : Expression(Spot);

/// <summary><c>-x</c> and <c>+x</c>.</summary>
internal sealed record SignOf(bool Negative, Expression Operand, Spot Spot) : Expression(Spot);

internal sealed record NotOf(Expression Operand, Spot Spot) : Expression(Spot);

/// <summary>Arithmetic: <c>+ - * / // % **</c>.</summary>
internal sealed record BinaryOf(string Operation, Expression Left, Expression Right, Spot Spot) : Expression(Spot);

/// <summary><c>a and b</c>, or with <paramref name="IsOr"/> <c>a or b</c>.</summary>
internal sealed record LogicOf(bool IsOr, Expression Left, Expression Right, Spot Spot) : Expression(Spot);

/// <summary>A chain: <c>1 &lt; x &lt;= 3</c>, with <c>in</c> and <c>not in</c>.</summary>
internal sealed record ComparisonOf(Expression First, IReadOnlyList<(string Operation, Expression Operand)> Rest, Spot Spot) : Expression(Spot);

/// <summary><c>a ~ b ~ c</c></summary>
internal sealed record ConcatenationOf(IReadOnlyList<Expression> Items, Spot Spot) : Expression(Spot);

/// <summary><c>a if test else b</c></summary>
internal sealed record ConditionalOf(Expression Test, Expression Then, Expression? Else, Spot Spot) : Expression(Spot);

/// <summary>Something that is done. <paramref name="Spot"/> is its line in the template, from 1.</summary>
internal abstract record Statement(Spot Spot);

internal sealed record TextStatement(string Text, Spot Spot) : Statement(Spot);

internal sealed record OutputStatement(Expression Value, Spot Spot) : Statement(Spot);

internal sealed record IfStatement(Expression Test, IReadOnlyList<Statement> Then, IReadOnlyList<Statement> Else, Spot Spot) : Statement(Spot);

internal sealed record ForStatement(
    Target Target,
    Expression Items,
    Expression? Test,
    IReadOnlyList<Statement> Body,
    IReadOnlyList<Statement> Else,
    Spot Spot) : Statement(Spot)
{
    /// <summary><c>loop(items)</c> may run the body again one level deeper.</summary>
    public bool Recursive { get; init; }
}

internal sealed record SetStatement(Target Target, Expression Value, Spot Spot) : Statement(Spot);

internal sealed record SetBlockStatement(Target Target, FilterOf? Filter, IReadOnlyList<Statement> Body, Spot Spot) : Statement(Spot);

/// <summary>
/// A macro, also the one that a <c>call</c> block hands over as <c>caller</c>. <paramref name="Uses"/> are the names that its
/// body reads: it takes <c>varargs</c>, <c>kwargs</c> and <c>caller</c> only if they are among them.
/// </summary>
internal sealed record MacroDefinition(
    string Name,
    IReadOnlyList<(string Name, Expression? Default)> Parameters,
    IReadOnlyList<Statement> Body,
    IReadOnlySet<string> Uses);

internal sealed record MacroStatement(MacroDefinition Macro, Spot Spot) : Statement(Spot);

internal sealed record CallStatement(CallOf Call, MacroDefinition Caller, Spot Spot) : Statement(Spot);

internal sealed record FilterStatement(FilterOf Filter, IReadOnlyList<Statement> Body, Spot Spot) : Statement(Spot);

/// <summary>A block with names of its own: <c>with</c>, <c>block</c>.</summary>
internal sealed record ScopeStatement(IReadOnlyList<(Target Target, Expression Value)> Names, IReadOnlyList<Statement> Body, Spot Spot) : Statement(Spot);

/// <summary>What the model says: <c>{% generation %}</c>.</summary>
internal sealed record GenerationStatement(IReadOnlyList<Statement> Body, Spot Spot) : Statement(Spot);

internal sealed record BreakStatement(Spot Spot) : Statement(Spot);

internal sealed record ContinueStatement(Spot Spot) : Statement(Spot);

/// <summary>Where a value goes.</summary>
internal abstract record Target;

internal sealed record NameTarget(string Name) : Target;

internal sealed record TupleTarget(IReadOnlyList<Target> Items) : Target;

/// <summary><c>ns.name</c></summary>
internal sealed record NamespaceTarget(string Namespace, string Name) : Target;
