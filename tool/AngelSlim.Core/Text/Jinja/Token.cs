namespace AngelSlim.Core.Text.Jinja;

/// <summary>What a piece of a template is.</summary>
internal enum TokenKind
{
    /// <summary>Text that is copied.</summary>
    Data,

    /// <summary><c>{{</c></summary>
    VariableBegin,

    /// <summary><c>}}</c></summary>
    VariableEnd,

    /// <summary><c>{%</c></summary>
    BlockBegin,

    /// <summary><c>%}</c></summary>
    BlockEnd,

    /// <summary>A word, keywords included.</summary>
    Name,

    /// <summary>A quoted text; <see cref="Token.Text"/> is what it stands for.</summary>
    Text,

    /// <summary>A whole number, as written.</summary>
    Integer,

    /// <summary>A number with a point or an exponent, as written.</summary>
    Float,

    /// <summary>One of the operators and brackets.</summary>
    Operator,

    /// <summary>The end of the template.</summary>
    End,
}

/// <summary>A piece of a template.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text, escapes resolved.</param>
/// <param name="Spot">Where it begins.</param>
internal readonly record struct Token(TokenKind Kind, string Text, Spot Spot)
{
    /// <summary>Whether it is this keyword.</summary>
    public bool IsName(string name) => Kind is TokenKind.Name && Text == name;

    /// <summary>Whether it is this operator.</summary>
    public bool Is(string symbol) => Kind is TokenKind.Operator && Text == symbol;

    /// <summary>For messages.</summary>
    public string Described => Kind switch
    {
        TokenKind.End => "the end of the template",
        TokenKind.BlockEnd => "'%}'",
        TokenKind.VariableEnd => "'}}'",
        TokenKind.Data => "text",
        _ => $"'{Text}'",
    };
}
