using System.Globalization;
using System.Numerics;

namespace AngelSlim.Core.Text.Jinja;

/// <summary>
/// Expressions with Jinja2's precedence, which is not Python's: <c>**</c> groups to the left, unary minus binds tighter than
/// it, <c>~</c> tighter than <c>+</c>; filters and tests bind tighter than any binary operator.
/// </summary>
internal sealed class ExpressionParser(TokenReader tokens)
{
    private static readonly string[] Comparisons = ["==", "!=", "<", "<=", ">", ">="];

    /// <summary>Filters and tests that do not exist, outside any branch: the template is refused for the first of them.</summary>
    public List<JinjaFault> Unknown { get; } = [];

    /// <summary>Told of every name that is read.</summary>
    public Action<string> Named { get; set; } = static _ => { };

    public Expression Parse(bool withCondition = true) => tokens.Nested(() => withCondition ? ParseConditional() : ParseOr());

    /// <summary>One expression, or a tuple without brackets.</summary>
    /// <param name="withCondition">Whether <c>a if b else c</c> may stand there; not before the <c>if</c> of a loop.</param>
    /// <param name="endsAt">A keyword that ends it beside the tag's end.</param>
    public Expression ParseTuple(bool withCondition = true, string? endsAt = null) =>
        ParseItems(withCondition, endsAt) ?? throw tokens.Unexpected("an expression");

    private Expression? ParseItems(bool withCondition, string? endsAt)
    {
        var spot = tokens.Spot;
        var items = new List<Expression>();
        var isTuple = false;
        while (!EndsTuple(endsAt))
        {
            items.Add(Parse(withCondition));
            if (!tokens.Skip(","))
            {
                break;
            }

            isTuple = true;
        }

        return isTuple ? new TupleOf(items, spot) : items.Count > 0 ? items[0] : null;
    }

    private bool EndsTuple(string? endsAt) => tokens.Current.Kind is TokenKind.VariableEnd or TokenKind.BlockEnd
        || tokens.Current.Is(")") || (endsAt is not null && tokens.Current.IsName(endsAt));

    private Expression ParseConditional()
    {
        var spot = tokens.Spot;
        var known = Unknown.Count;
        var value = ParseOr();
        while (tokens.SkipName("if"))
        {
            var test = ParseOr();
            var otherwise = tokens.SkipName("else") ? tokens.Nested(ParseConditional) : null;
            value = new ConditionalOf(test, value, otherwise, spot);
            Unknown.RemoveRange(known, Unknown.Count - known);
        }

        return value;
    }

    private Expression ParseOr() => LeftToRight(ParseAnd, () => tokens.SkipName("or") ? "or" : null);

    private Expression ParseAnd() => LeftToRight(ParseNot, () => tokens.SkipName("and") ? "and" : null);

    private Expression ParseNot()
    {
        var spot = tokens.Spot;
        return tokens.SkipName("not") ? new NotOf(tokens.Nested(ParseNot), spot) : ParseComparison();
    }

    private Expression ParseComparison()
    {
        var spot = tokens.Spot;
        var first = ParseSum();
        var rest = new List<(string, Expression)>();
        while (ComparisonOperator() is { } operation)
        {
            rest.Add((operation, ParseSum()));
        }

        return rest.Count is 0 ? first : new ComparisonOf(first, rest, spot);
    }

    private string? ComparisonOperator()
    {
        if (tokens.Current.Kind is TokenKind.Operator && Comparisons.Contains(tokens.Current.Text))
        {
            return tokens.Next().Text;
        }

        if (tokens.Current.IsName("not") && tokens.Following.IsName("in"))
        {
            tokens.Next();
            tokens.Next();
            return "not in";
        }

        return tokens.SkipName("in") ? "in" : null;
    }

    private Expression ParseSum() => LeftToRight(ParseConcatenation, () => OneOf("+", "-"));

    private Expression ParseConcatenation()
    {
        var spot = tokens.Spot;
        var items = new List<Expression> { ParseProduct() };
        while (tokens.Skip("~"))
        {
            items.Add(ParseProduct());
        }

        return items.Count is 1 ? items[0] : new ConcatenationOf(items, spot);
    }

    private Expression ParseProduct() => LeftToRight(ParsePower, () => OneOf("*", "/", "//", "%"));

    private Expression ParsePower() => LeftToRight(() => ParseUnary(withFilters: true), () => OneOf("**"));

    private string? OneOf(params ReadOnlySpan<string> symbols)
    {
        var current = tokens.Current;
        return current.Kind is TokenKind.Operator && symbols.Contains(current.Text) ? tokens.Next().Text : null;
    }

    private Expression LeftToRight(Func<Expression> operand, Func<string?> operation)
    {
        var spot = tokens.Spot;
        var left = operand();
        while (operation() is { } symbol)
        {
            var right = operand();
            left = symbol is "and" or "or" ? new LogicOf(symbol is "or", left, right, spot) : new BinaryOf(symbol, left, right, spot);
            spot = tokens.Spot;
        }

        return left;
    }

    private Expression ParseUnary(bool withFilters)
    {
        var spot = tokens.Spot;
        var value = OneOf("-", "+") is { } sign
            ? new SignOf(sign is "-", tokens.Nested(() => ParseUnary(withFilters: false)), spot)
            : ParsePrimary();
        value = ParsePostfix(value);
        return withFilters ? ParseFilters(value) : value;
    }

    private Expression ParsePrimary()
    {
        var token = tokens.Current;
        switch (token.Kind)
        {
            case TokenKind.Name:
                return ParseName();
            case TokenKind.Text:
                return ParseText();
            case TokenKind.Integer or TokenKind.Float:
                tokens.Next();
                return new Constant(Number(token), token.Spot);
            default:
                return tokens.Skip("(") ? ParseBrackets(token.Spot)
                    : tokens.Skip("[") ? ParseList(token.Spot)
                    : tokens.Skip("{") ? ParseDict(token.Spot)
                    : throw tokens.Unexpected("an expression");
        }
    }

    private Expression ParseName()
    {
        var token = tokens.Next();
        switch (token.Text)
        {
            case "true" or "True":
                return new Constant(true, token.Spot);
            case "false" or "False":
                return new Constant(false, token.Spot);
            case "none" or "None":
                return new Constant(null, token.Spot);
            default:
                Named(token.Text);
                return new NameOf(token.Text, token.Spot);
        }
    }

    private Constant ParseText()
    {
        var spot = tokens.Spot;
        var texts = new List<string>();
        while (tokens.Current.Kind is TokenKind.Text)
        {
            texts.Add(tokens.Next().Text);
        }

        return new Constant(string.Concat(texts), spot);
    }

    /// <summary>A number as Python has it: with underscores between digits, or hexadecimal, octal or binary.</summary>
    public static object Number(Token token)
    {
        var digits = token.Text.Replace("_", "", StringComparison.Ordinal);
        if (token.Kind is TokenKind.Float)
        {
            return double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture);
        }

        if (digits.Length > 1000)
        {
            throw new JinjaFault("a number of more than 1000 digits", token.Spot);
        }

        return digits.Length > 2 && char.IsAsciiLetter(digits[1])
            ? digits[2..].Aggregate(BigInteger.Zero, (sum, digit) => (sum * (digits[1] is 'x' or 'X' ? 16 : digits[1] is 'o' or 'O' ? 8 : 2)) + Convert.ToInt32(digit.ToString(), 16))
            : BigInteger.Parse(digits, CultureInfo.InvariantCulture);
    }

    private Expression ParseBrackets(Spot spot)
    {
        var inside = ParseItems(withCondition: true, endsAt: null) ?? new TupleOf([], spot);
        tokens.Expect(")");
        return inside;
    }

    private ListOf ParseList(Spot spot) => new(Items("]", () => Parse()), spot);

    private DictOf ParseDict(Spot spot) => new(Items("}", ParsePair), spot);

    private (Expression Key, Expression Value) ParsePair()
    {
        var key = Parse();
        tokens.Expect(":");
        return (key, Parse());
    }

    private List<T> Items<T>(string close, Func<T> parse)
    {
        var items = new List<T>();
        while (!tokens.Skip(close))
        {
            if (items.Count > 0)
            {
                tokens.Expect(",");
                if (tokens.Skip(close))
                {
                    break;
                }
            }

            items.Add(parse());
        }

        return items;
    }

    private Expression ParsePostfix(Expression value) => new PostfixParser(tokens, this).Postfix(value);

    private Expression ParseFilters(Expression value) => new PostfixParser(tokens, this).Filters(value);

    /// <summary>The filters on a <c>set</c> or <c>filter</c> block, from the first name on.</summary>
    public FilterOf ParseBlockFilter() => new PostfixParser(tokens, this).BlockFilter();

    /// <summary>A value that may follow a test's name without brackets: <c>x is divisibleby 3</c>.</summary>
    public Expression ParseTestArgument() => tokens.Nested(() => ParsePostfix(ParsePrimary()));
}
