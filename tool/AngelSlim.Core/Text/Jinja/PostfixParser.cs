namespace AngelSlim.Core.Text.Jinja;

/// <summary>What may follow a value: <c>.name</c>, <c>[item]</c>, <c>(arguments)</c>, <c>|filter</c>, <c>is test</c>.</summary>
internal sealed class PostfixParser(TokenReader tokens, ExpressionParser expressions)
{
    public Expression Postfix(Expression value)
    {
        while (true)
        {
            var spot = tokens.Spot;
            if (tokens.Skip("."))
            {
                value = Member(value, spot);
            }
            else if (tokens.Skip("["))
            {
                value = new ItemOf(value, Key(spot), spot);
            }
            else if (tokens.Skip("("))
            {
                value = new CallOf(value, Arguments(), spot);
            }
            else
            {
                return value;
            }
        }
    }

    public Expression Filters(Expression value)
    {
        while (true)
        {
            var spot = tokens.Spot;
            if (tokens.Skip("|"))
            {
                value = Filter(value);
            }
            else if (tokens.SkipName("is"))
            {
                value = Test(value, spot);
            }
            else if (tokens.Skip("("))
            {
                value = new CallOf(value, Arguments(), spot);
            }
            else
            {
                return value;
            }
        }
    }

    public FilterOf BlockFilter()
    {
        var filter = Filter(null);
        while (tokens.Skip("|"))
        {
            filter = Filter(filter);
        }

        return filter;
    }

    private Expression Member(Expression value, Spot spot)
    {
        var token = tokens.Next();
        return token.Kind switch
        {
            TokenKind.Name => new AttributeOf(value, token.Text, spot),
            TokenKind.Integer => new ItemOf(value, new Constant(ExpressionParser.Number(token), spot), spot),
            _ => throw new JinjaFault($"expected a name or a number behind '.', found {token.Described}", token.Spot),
        };
    }

    private Expression Key(Spot spot)
    {
        var keys = new List<Expression>();
        while (!tokens.Skip("]"))
        {
            if (keys.Count > 0)
            {
                tokens.Expect(",");
            }

            keys.Add(KeyPart());
        }

        return keys.Count is 1 ? keys[0] : new TupleOf(keys, spot);
    }

    private Expression KeyPart()
    {
        var spot = tokens.Spot;
        var start = tokens.Current.Is(":") ? null : expressions.Parse();
        if (!tokens.Skip(":"))
        {
            return start!;
        }

        var stop = SlicePart();
        return new SliceOf(start, stop, tokens.Skip(":") ? SlicePart() : null, spot);
    }

    private Expression? SlicePart() =>
        tokens.Current.Is(":") || tokens.Current.Is("]") || tokens.Current.Is(",") ? null : expressions.Parse();

    private FilterOf Filter(Expression? subject)
    {
        var spot = tokens.Spot;
        var name = DottedName();
        Require("filter", name, FilterCatalog.Contains(name), spot);
        return new FilterOf(subject, name, tokens.Skip("(") ? Arguments() : ArgumentList.None, spot);
    }

    private Expression Test(Expression subject, Spot spot)
    {
        var negated = tokens.SkipName("not");
        var name = DottedName();
        Require("test", name, TestCatalog.Contains(name), spot);
        var test = new TestOf(subject, name, TestArguments(), spot);
        return negated ? new NotOf(test, spot) : test;
    }

    private ArgumentList TestArguments()
    {
        if (tokens.Skip("("))
        {
            return Arguments();
        }

        var current = tokens.Current;
        var begins = current.Kind is TokenKind.Name or TokenKind.Text or TokenKind.Integer or TokenKind.Float || current.Is("[") || current.Is("{");
        if (!begins || current is { Kind: TokenKind.Name, Text: "else" or "or" or "and" })
        {
            return ArgumentList.None;
        }

        return current.IsName("is")
            ? throw new JinjaFault("tests cannot be chained: write 'a is x and a is y'", current.Spot)
            : new ArgumentList([expressions.ParseTestArgument()], [], null, null);
    }

    private string DottedName()
    {
        var names = new List<string> { tokens.ExpectAnyName() };
        while (tokens.Skip("."))
        {
            names.Add(tokens.ExpectAnyName());
        }

        return string.Join('.', names);
    }

    private void Require(string kind, string name, bool exists, Spot spot)
    {
        if (!exists)
        {
            expressions.Unknown.Add(new JinjaFault($"the {kind} '{name}' is not supported", spot));
        }
    }

    private ArgumentList Arguments()
    {
        var positional = new List<Expression>();
        var named = new List<(string, Expression)>();
        Expression? rest = null, namedRest = null;
        while (!tokens.Skip(")"))
        {
            if (positional.Count + named.Count > 0 || (rest ?? namedRest) is not null)
            {
                tokens.Expect(",");
                if (tokens.Skip(")"))
                {
                    break;
                }
            }

            var spot = tokens.Spot;
            if (tokens.Skip("*"))
            {
                Ensure((rest ?? namedRest) is null, spot);
                rest = expressions.Parse();
            }
            else if (tokens.Skip("**"))
            {
                Ensure(namedRest is null, spot);
                namedRest = expressions.Parse();
            }
            else
            {
                ParseArgument(positional, named, (rest ?? namedRest) is null, namedRest is null);
            }
        }

        return new ArgumentList(positional, named, rest, namedRest);
    }

    private void ParseArgument(List<Expression> positional, List<(string, Expression)> named, bool mayBePositional, bool mayBeNamed)
    {
        var spot = tokens.Spot;
        if (tokens.Current.Kind is TokenKind.Name && tokens.Following.Is("="))
        {
            Ensure(mayBeNamed, spot);
            named.Add((NamedArgument(), expressions.Parse()));
        }
        else
        {
            Ensure(mayBePositional && named.Count is 0, spot);
            positional.Add(expressions.Parse());
        }
    }

    private string NamedArgument()
    {
        var name = tokens.Next().Text;
        tokens.Next();
        return name;
    }

    private static void Ensure(bool ordered, Spot spot)
    {
        if (!ordered)
        {
            throw new JinjaFault("in a call, arguments stand before named ones, and those before *rest and **named rest", spot);
        }
    }
}
