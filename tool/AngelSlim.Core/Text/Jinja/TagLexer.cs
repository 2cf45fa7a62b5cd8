using System.Globalization;
using System.Text;

namespace AngelSlim.Core.Text.Jinja;

/// <summary>The words, numbers, texts and operators between <c>{{ }}</c> and <c>{% %}</c>.</summary>
internal sealed class TagLexer(string source, Cursor cursor, List<Token> tokens)
{
    // A name is looked up whenever it is used.
    private const int LongestName = 1000;

    private static readonly string[] Operators =
        ["**", "//", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";"];

    private readonly Stack<char> _open = new();

    /// <summary>No bracket is open, so that <c>}}</c> and <c>%}</c> end the tag.</summary>
    public bool Balanced => _open.Count is 0;

    /// <summary>Reads white space or one token.</summary>
    public void ReadOne()
    {
        var first = source[cursor.Position];
        if (PythonSpace.Is(first))
        {
            cursor.MoveTo(PythonSpace.Skip(source, cursor.Position));
        }
        else if (FloatEnd() is { } floatEnd)
        {
            Add(TokenKind.Float, floatEnd);
        }
        else if (char.IsAsciiDigit(first))
        {
            Add(TokenKind.Integer, IntegerEnd());
        }
        else if (NameEnd() is var nameEnd && nameEnd > cursor.Position)
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
        var symbol = Array.Find(Operators, symbol => string.CompareOrdinal(source, cursor.Position, symbol, 0, symbol.Length) is 0)
            ?? throw new JinjaFault($"unexpected character '{source[cursor.Position]}'", cursor.Spot);
        if (symbol is "(" or "[" or "{")
        {
            _open.Push(symbol is "(" ? ')' : symbol is "[" ? ']' : '}');
        }
        else if (symbol is ")" or "]" or "}" && !(_open.TryPop(out var expected) && expected == symbol[0]))
        {
            throw new JinjaFault($"unexpected '{symbol}'", cursor.Spot);
        }

        Add(TokenKind.Operator, cursor.Position + symbol.Length);
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
        if (!DigitAt(cursor.Position) || (cursor.Position > 0 && source[cursor.Position - 1] is '.'))
        {
            return null;
        }

        var whole = DigitsEnd(cursor.Position, char.IsAsciiDigit);
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
        if (source[cursor.Position] is not '0')
        {
            return DigitsEnd(cursor.Position, char.IsAsciiDigit);
        }

        Func<char, bool>? isDigit = cursor.Position + 1 < source.Length
            ? source[cursor.Position + 1] switch
            {
                'x' or 'X' => char.IsAsciiHexDigit,
                'o' or 'O' => character => character is >= '0' and <= '7',
                'b' or 'B' => character => character is '0' or '1',
                _ => null,
            }
            : null;
        var prefixed = isDigit is null ? cursor.Position : DigitsEnd(cursor.Position + 2, isDigit);
        return prefixed > cursor.Position + 2 ? prefixed : DigitsEnd(cursor.Position, character => character is '0');
    }

    private int NameEnd()
    {
        var at = cursor.Position;
        while (at < source.Length && Rune.TryGetRuneAt(source, at, out var rune) && IsWord(rune))
        {
            at += rune.Utf16SequenceLength;
        }

        if (at - cursor.Position > LongestName)
        {
            throw new JinjaFault($"a name of more than {LongestName} characters", cursor.Spot);
        }

        if (at > cursor.Position && Rune.GetRuneAt(source, cursor.Position) is var first && !(Rune.IsLetter(first) || first.Value is '_'))
        {
            throw new JinjaFault($"a name cannot begin with '{first}'", cursor.Spot);
        }

        return at;
    }

    private static bool IsWord(Rune rune) => Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber or UnicodeCategory.ConnectorPunctuation
        or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private void ReadText(char quote)
    {
        var end = cursor.Position + 1;
        while (end < source.Length && source[end] != quote)
        {
            end += source[end] is '\\' ? 2 : 1;
        }

        if (end >= source.Length)
        {
            throw new JinjaFault($"the text that begins with {quote} has no end", cursor.Spot);
        }

        tokens.Add(new Token(TokenKind.Text, TextEscapes.Resolve(source[(cursor.Position + 1)..end], cursor.Spot), cursor.Spot));
        cursor.MoveTo(end + 1);
    }

    private void Add(TokenKind kind, int end)
    {
        tokens.Add(new Token(kind, source[cursor.Position..end], cursor.Spot));
        cursor.MoveTo(end);
    }
}
