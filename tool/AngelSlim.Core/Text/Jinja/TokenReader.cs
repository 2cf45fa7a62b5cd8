using System.Runtime.CompilerServices;

namespace AngelSlim.Core.Text.Jinja;

/// <summary>Tokens in order, with the parser's bounds: how deep it may nest.</summary>
internal sealed class TokenReader(IReadOnlyList<Token> tokens)
{
    private const int DeepestNesting = 120;
    private int _at;
    private int _depth;

    public Token Current => tokens[_at];

    public Token Following => tokens[Math.Min(_at + 1, tokens.Count - 1)];

    public Spot Spot => Current.Spot;

    public Token Next()
    {
        var token = Current;
        _at = Math.Min(_at + 1, tokens.Count - 1);
        return token;
    }

    public bool Skip(string symbol)
    {
        var found = Current.Is(symbol);
        if (found)
        {
            Next();
        }

        return found;
    }

    public bool SkipName(string name)
    {
        var found = Current.IsName(name);
        if (found)
        {
            Next();
        }

        return found;
    }

    public void Expect(string symbol)
    {
        if (!Skip(symbol))
        {
            throw Unexpected($"'{symbol}'");
        }
    }

    public void ExpectName(string name)
    {
        if (!SkipName(name))
        {
            throw Unexpected($"'{name}'");
        }
    }

    public string ExpectAnyName() => Current.Kind is TokenKind.Name ? Next().Text : throw Unexpected("a name");

    public void Expect(TokenKind kind)
    {
        if (Current.Kind != kind)
        {
            throw Unexpected(kind is TokenKind.BlockEnd ? "'%}'" : kind is TokenKind.VariableEnd ? "'}}'" : kind.ToString());
        }

        Next();
    }

    public JinjaFault Unexpected(string expected) => new($"expected {expected}, found {Current.Described}", Spot);

    /// <summary>Parses something that may hold others of its kind.</summary>
    public T Nested<T>(Func<T> parse)
    {
        if (++_depth > DeepestNesting || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new JinjaFault($"nested more than {DeepestNesting} deep", Spot);
        }

        var parsed = parse();
        _depth--;
        return parsed;
    }
}
