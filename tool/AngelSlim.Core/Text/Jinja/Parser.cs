namespace AngelSlim.Core.Text.Jinja;

/// <summary>Statements of a template. What needs other files (<c>include</c>, <c>extends</c>, …) is refused by name and line.</summary>
internal sealed class Parser
{
    private readonly TokenReader _tokens;
    private readonly ExpressionParser _expressions;
    private readonly Stack<HashSet<string>> _macros = new();
    private int _loops;

    private Parser(TokenReader tokens)
    {
        _tokens = tokens;
        _expressions = new ExpressionParser(tokens)
        {
            Named = name =>
            {
                foreach (var uses in _macros)
                {
                    uses.Add(name);
                }
            },
        };
    }

    /// <summary>Reads a whole template.</summary>
    /// <exception cref="JinjaFault">It is not a template, or needs something that is not supported.</exception>
    public static IReadOnlyList<Statement> Parse(string template)
    {
        var parser = new Parser(new TokenReader(Lexer.Read(template)));
        var body = parser.Body();
        return parser._expressions.Unknown.Count > 0 ? throw parser._expressions.Unknown[0] : body;
    }

    /// <summary>Statements up to one of the ending tags, whose name is not yet read; without endings up to the end.</summary>
    private List<Statement> Body(params string[] endings) => _tokens.Nested(() =>
    {
        var statements = new List<Statement>();
        while (_tokens.Current is { Kind: not TokenKind.End } token)
        {
            _tokens.Next();
            switch (token.Kind)
            {
                case TokenKind.Data:
                    statements.Add(new TextStatement(token.Text, token.Spot));
                    break;
                case TokenKind.VariableBegin:
                    var value = _expressions.ParseTuple();
                    statements.Add(new OutputStatement(value, value.Spot));
                    _tokens.Expect(TokenKind.VariableEnd);
                    break;
                case TokenKind.BlockBegin:
                    if (_tokens.Current.Kind is TokenKind.Name && endings.Contains(_tokens.Current.Text))
                    {
                        return statements;
                    }

                    statements.Add(ParseStatement());
                    _tokens.Expect(TokenKind.BlockEnd);
                    break;
            }
        }

        return endings.Length is 0 ? statements : throw _tokens.Unexpected("{% " + string.Join(" %} or {% ", endings) + " %}");
    });

    /// <summary>The body behind a tag, up to and including the ending's name.</summary>
    private List<Statement> BodyTo(string ending)
    {
        var body = BodyBefore(ending);
        _tokens.Next();
        return body;
    }

    private List<Statement> BodyBefore(params string[] endings)
    {
        _tokens.Skip(":");
        _tokens.Expect(TokenKind.BlockEnd);
        return Body(endings);
    }

    private Statement ParseStatement()
    {
        var spot = _tokens.Spot;
        var name = _tokens.ExpectAnyName();
        return name switch
        {
            "if" => ParseIf(spot),
            "for" => ParseFor(spot),
            "set" => ParseSet(spot),
            "macro" => ParseMacro(spot),
            "call" => ParseCall(spot),
            "filter" => new FilterStatement(_expressions.ParseBlockFilter(), BodyTo("endfilter"), spot),
            "with" => ParseWith(spot),
            "block" => ParseBlock(spot),
            "print" => new OutputStatement(_expressions.ParseTuple(), spot),
            "generation" => new GenerationStatement(BodyTo("endgeneration"), spot),
            "break" when _loops > 0 => new BreakStatement(spot),
            "continue" when _loops > 0 => new ContinueStatement(spot),
            "break" or "continue" => throw new JinjaFault($"{{% {name} %}} stands outside a loop", spot),
            "include" or "import" or "from" or "extends" => throw new JinjaFault($"{{% {name} %}} is not supported: a chat template is one file", spot),
            _ => throw new JinjaFault($"the tag {{% {name} %}} is not supported, or does not belong here", spot),
        };
    }

    private IfStatement ParseIf(Spot spot)
    {
        // Filters that do not exist may stand in a branch; they fail when the branch runs.
        var known = _expressions.Unknown.Count;
        var test = _expressions.ParseTuple(withCondition: false);
        var then = BodyBefore("elif", "else", "endif");
        var next = _tokens.Next();
        IReadOnlyList<Statement> otherwise = next.Text switch
        {
            "elif" => [_tokens.Nested(() => ParseIf(next.Spot))],
            "else" => BodyTo("endif"),
            _ => [],
        };
        _expressions.Unknown.RemoveRange(known, _expressions.Unknown.Count - known);
        return new IfStatement(test, then, otherwise, spot);
    }

    private ForStatement ParseFor(Spot spot)
    {
        var target = ParseTarget(endsAt: "in");
        _tokens.ExpectName("in");
        var items = _expressions.ParseTuple(withCondition: false, endsAt: "recursive");
        var test = _tokens.SkipName("if") ? _expressions.Parse() : null;
        var recursive = _tokens.SkipName("recursive");
        _loops++;
        var body = BodyBefore("else", "endfor");
        _loops--;
        IReadOnlyList<Statement> otherwise = _tokens.Next().Text is "else" ? BodyTo("endfor") : [];
        return new ForStatement(target, items, test, body, otherwise, spot) { Recursive = recursive };
    }

    private Statement ParseSet(Spot spot)
    {
        var target = ParseTarget(withNamespace: true);
        if (_tokens.Skip("="))
        {
            return new SetStatement(target, _expressions.ParseTuple(), spot);
        }

        var filter = _tokens.Skip("|") ? _expressions.ParseBlockFilter() : null;
        return new SetBlockStatement(target, filter, BodyTo("endset"), spot);
    }

    private MacroStatement ParseMacro(Spot spot)
    {
        var name = _tokens.ExpectAnyName();
        _tokens.Expect("(");
        return new MacroStatement(ParseDefinition(name, "endmacro"), spot);
    }

    private MacroDefinition ParseDefinition(string name, string ending)
    {
        _macros.Push([]);
        var (loops, parameters) = (_loops, ParseParameters());
        _loops = 0;
        var body = BodyTo(ending);
        _loops = loops;
        return new MacroDefinition(name, parameters, body, _macros.Pop());
    }

    /// <summary>The parameters behind an opening bracket; none where there is no bracket.</summary>
    private List<(string Name, Expression? Default)> ParseParameters()
    {
        var parameters = new List<(string Name, Expression? Default)>();
        while (!_tokens.Skip(")"))
        {
            if (parameters.Count > 0)
            {
                _tokens.Expect(",");
            }

            var spot = _tokens.Spot;
            var name = _tokens.ExpectAnyName();
            var value = _tokens.Skip("=") ? _expressions.Parse() : null;
            if (value is null && parameters.Exists(parameter => parameter.Default is not null))
            {
                throw new JinjaFault($"the parameter '{name}' without default follows one with a default", spot);
            }

            parameters.Add((name, value));
        }

        return parameters;
    }

    private CallStatement ParseCall(Spot spot)
    {
        _macros.Push([]);
        var parameters = _tokens.Skip("(") ? ParseParameters() : [];
        var call = _expressions.Parse() as CallOf ?? throw new JinjaFault("{% call %} needs a call of a macro", spot);
        var body = BodyTo("endcall");
        return new CallStatement(call, new MacroDefinition("caller", parameters, body, _macros.Pop()), spot);
    }

    private ScopeStatement ParseWith(Spot spot)
    {
        var names = new List<(Target, Expression)>();
        while (_tokens.Current.Kind is not TokenKind.BlockEnd)
        {
            if (names.Count > 0)
            {
                _tokens.Expect(",");
            }

            var target = ParseTarget();
            _tokens.Expect("=");
            names.Add((target, _expressions.Parse()));
        }

        return new ScopeStatement(names, BodyTo("endwith"), spot);
    }

    private ScopeStatement ParseBlock(Spot spot)
    {
        var name = _tokens.ExpectAnyName();
        var body = BodyTo("endblock");
        _tokens.SkipName(name);
        return new ScopeStatement([], body, spot);
    }

    private Target ParseTarget(string? endsAt = null, bool withNamespace = false)
    {
        var items = new List<Target>();
        var isTuple = false;
        do
        {
            if (items.Count > 0 && (_tokens.Current.Is("=") || _tokens.Current.Is(")") || (endsAt is not null && _tokens.Current.IsName(endsAt))))
            {
                break;
            }

            items.Add(ParseOneTarget(withNamespace));
            isTuple |= _tokens.Current.Is(",");
        }
        while (_tokens.Skip(","));

        return isTuple ? new TupleTarget(items) : items[0];
    }

    private Target ParseOneTarget(bool withNamespace)
    {
        if (_tokens.Skip("("))
        {
            var inside = _tokens.Nested(() => ParseTarget());
            _tokens.Expect(")");
            return inside;
        }

        var spot = _tokens.Spot;
        var name = _tokens.ExpectAnyName();
        if (name is "true" or "false" or "none" or "True" or "False" or "None")
        {
            throw new JinjaFault($"'{name}' is a constant and cannot be set", spot);
        }

        return withNamespace && _tokens.Skip(".") ? new NamespaceTarget(name, _tokens.ExpectAnyName()) : new NameTarget(name);
    }
}
