using System.Globalization;
using System.Text;

namespace AngelSlim.Core.Text.Jinja;

/// <summary>The words, numbers, texts and operators between <c>{{ }}</c> and <c>{% %}</c>.</summary>
internal sealed class TagLexer(string source, int position, int line, List<Token> tokens)
{
    // A name is looked up whenever it is used.
    private const int LongestName = 1000;

    private static readonly string[] Operators =
        ["**", "//", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";"];

    private readonly Stack<char> _open = new();

    /// <summary>Where the next token begins.</summary>
    public int Position { get; private set; } = position;

    /// <summary>Its line.</summary>
    public int Line { get; private set; } = line;

    /// <summary>No bracket is open, so that <c>}}</c> and <c>%}</c> end the tag.</summary>
    public bool Balanced => _open.Count is 0;

    /// <summary>Reads white space or one token.</summary>
    public void ReadOne()
    {
        var first = source[Position];
        if (PythonSpace.Is(first))
        {
            MoveTo(PythonSpace.Skip(source, Position));
        }
        else if (FloatEnd() is { } floatEnd)
        {
            Add(TokenKind.Float, floatEnd);
        }
        else if (char.IsAsciiDigit(first))
        {
            Add(TokenKind.Integer, IntegerEnd());
        }
        else if (NameEnd() is var nameEnd && nameEnd > Position)
        {
            Add(TokenKind.Name, nameEnd);
        }
        else if (first is '"' or '\'')
        {
            ReadText(first);
        }
        else
        {
            ReadOperator();
        }
    }

    private void ReadOperator()
    {
        var symbol = Array.Find(Operators, symbol => string.CompareOrdinal(source, Position, symbol, 0, symbol.Length) is 0)
            ?? throw new JinjaFault($"unexpected character '{source[Position]}'", Line);
        if (symbol is "(" or "[" or "{")
        {
            _open.Push(symbol is "(" ? ')' : symbol is "[" ? ']' : '}');
        }
        else if (symbol is ")" or "]" or "}" && !(_open.TryPop(out var expected) && expected == symbol[0]))
        {
            throw new JinjaFault($"unexpected '{symbol}'", Line);
        }

        Add(TokenKind.Operator, Position + symbol.Length);
    }

    /// <summary>Digits with single underscores between them.</summary>
    private int DigitsEnd(int at, Func<char, bool> isDigit)
    {
        while (at < source.Length && (isDigit(source[at]) || (source[at] is '_' && at + 1 < source.Length && isDigit(source[at + 1]))))
        {
            at++;
        }

        return at;
    }

    private bool DigitAt(int at) => at < source.Length && char.IsAsciiDigit(source[at]);

    private int? FloatEnd()
    {
        if (!DigitAt(Position) || (Position > 0 && source[Position - 1] is '.'))
        {
            return null;
        }

        var whole = DigitsEnd(Position, char.IsAsciiDigit);
        var end = whole < source.Length && source[whole] is '.' && DigitAt(whole + 1) ? DigitsEnd(whole + 1, char.IsAsciiDigit) : whole;
        if (end < source.Length && source[end] is 'e' or 'E')
        {
            var digits = end + 1 < source.Length && source[end + 1] is '+' or '-' ? end + 2 : end + 1;
            end = DigitAt(digits) ? DigitsEnd(digits, char.IsAsciiDigit) : end;
        }

        return end > whole ? end : null;
    }

    private int IntegerEnd()
    {
        if (source[Position] is not '0')
        {
            return DigitsEnd(Position, char.IsAsciiDigit);
        }

        Func<char, bool>? isDigit = Position + 1 < source.Length
            ? source[Position + 1] switch
            {
                'x' or 'X' => char.IsAsciiHexDigit,
                'o' or 'O' => character => character is >= '0' and <= '7',
                'b' or 'B' => character => character is '0' or '1',
                _ => null,
            }
            : null;
        var prefixed = isDigit is null ? Position : DigitsEnd(Position + 2, isDigit);
        return prefixed > Position + 2 ? prefixed : DigitsEnd(Position, character => character is '0');
    }

    private int NameEnd()
    {
        var at = Position;
        while (at < source.Length && Rune.TryGetRuneAt(source, at, out var rune) && IsWord(rune))
        {
            at += rune.Utf16SequenceLength;
        }

        if (at - Position > LongestName)
        {
            throw new JinjaFault($"a name of more than {LongestName} characters", Line);
        }

        if (at > Position && Rune.GetRuneAt(source, Position) is var first && !(Rune.IsLetter(first) || first.Value is '_'))
        {
            throw new JinjaFault($"a name cannot begin with '{first}'", Line);
        }

        return at;
    }

    private static bool IsWord(Rune rune) => Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber or UnicodeCategory.ConnectorPunctuation
        or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private void ReadText(char quote)
    {
        var end = Position + 1;
        while (end < source.Length && source[end] != quote)
        {
            end += source[end] is '\\' ? 2 : 1;
        }

        if (end >= source.Length)
        {
            throw new JinjaFault($"the text that begins with {quote} has no end", Line);
        }

        tokens.Add(new Token(TokenKind.Text, TextEscapes.Resolve(source[(Position + 1)..end], Line), Line));
        MoveTo(end + 1);
    }

    private void Add(TokenKind kind, int end)
    {
        tokens.Add(new Token(kind, source[Position..end], Line));
        MoveTo(end);
    }

    private void MoveTo(int end)
    {
        Line += source.AsSpan(Position, end - Position).Count('\n');
        Position = end;
    }
}
