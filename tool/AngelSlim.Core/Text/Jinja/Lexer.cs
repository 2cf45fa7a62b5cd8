namespace AngelSlim.Core.Text.Jinja;

/// <summary>
/// Cuts a template into tokens as Jinja2 does with <c>trim_blocks</c> and <c>lstrip_blocks</c>: the newline behind a
/// block tag goes, and so does the white space before one that stands first on its line; <c>-</c> takes all white space on
/// its side, <c>+</c> keeps it. One final newline of the template goes as well.
/// </summary>
internal sealed class Lexer
{
    private readonly string _source;
    private readonly List<Token> _tokens = [];
    private readonly Cursor _cursor;

    private Lexer(string source) => (_source, _cursor) = (source, new Cursor(source));

    /// <summary>All tokens, the last of them <see cref="TokenKind.End"/>.</summary>
    public static IReadOnlyList<Token> Read(string template)
    {
        var source = template.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        var lexer = new Lexer(source.EndsWith('\n') ? source[..^1] : source);
        while (lexer._cursor.Position < lexer._source.Length)
        {
            lexer.ReadText();
        }

        lexer.Add(TokenKind.End, "");
        return lexer._tokens;
    }

    private void ReadText()
    {
        var start = _cursor.Position;
        var opening = Opening(start);
        if (opening < 0)
        {
            Add(TokenKind.Data, _source[start..]);
            _cursor.MoveTo(_source.Length);
            return;
        }

        var kind = _source[opening + 1];
        var sign = Sign(opening + 2);
        AddTextBefore(start, opening, sign, stripsIndent: kind is not '{');
        _cursor.MoveTo(opening + 2 + (sign is '\0' ? 0 : 1));
        switch (kind)
        {
            case '#':
                SkipComment();
                break;
            case '%' when RawBody() is { } body:
                _cursor.MoveTo(body);
                ReadRaw();
                break;
            default:
                ReadTag(kind is '%');
                break;
        }
    }

    private int Opening(int from)
    {
        for (var at = from; at + 1 < _source.Length; at++)
        {
            if (_source[at] is '{' && _source[at + 1] is '{' or '%' or '#')
            {
                return at;
            }
        }

        return -1;
    }

    private char Sign(int at) => at < _source.Length && _source[at] is '-' or '+' ? _source[at] : '\0';

    /// <summary>Adds the text up to a tag; its line count is that of the whole text, whatever was trimmed.</summary>
    private void AddTextBefore(int start, int end, char sign, bool stripsIndent)
    {
        var text = _source[start..end];
        if (sign is '-')
        {
            text = PythonSpace.TrimEnd(text);
        }
        else if (sign is not '+' && stripsIndent)
        {
            var lineStart = text.LastIndexOf('\n') + 1;
            var standsFirst = lineStart > 0 || start is 0 || _source[start - 1] is '\n';
            if (standsFirst && PythonSpace.Skip(text, lineStart) == text.Length)
            {
                text = text[..lineStart];
            }
        }

        if (text.Length > 0)
        {
            Add(TokenKind.Data, text);
        }

        _cursor.MoveTo(end);
    }

    /// <summary>Where the text of a <c>{% raw %}</c> begins, if the tag that was just opened is one.</summary>
    private int? RawBody()
    {
        var word = PythonSpace.Skip(_source, _cursor.Position);
        if (string.CompareOrdinal(_source, word, "raw", 0, 3) is not 0)
        {
            return null;
        }

        var close = PythonSpace.Skip(_source, word + 3);
        return Starts("-%}", close) ? PythonSpace.Skip(_source, close + 3) : Starts("%}", close) ? close + 2 : null;
    }

    private void ReadRaw()
    {
        var start = _cursor.Position;
        for (var at = _source.IndexOf("{%", start, StringComparison.Ordinal); at >= 0; at = _source.IndexOf("{%", at + 1, StringComparison.Ordinal))
        {
            var sign = Sign(at + 2);
            var word = PythonSpace.Skip(_source, at + 2 + (sign is '\0' ? 0 : 1));
            if (string.CompareOrdinal(_source, word, "endraw", 0, 6) is 0
                && TagEnd(PythonSpace.Skip(_source, word + 6), isBlock: true) is { } end)
            {
                AddTextBefore(start, at, sign, stripsIndent: true);
                _cursor.MoveTo(end);
                return;
            }
        }

        throw new JinjaFault("{% raw %} has no {% endraw %}", _cursor.Spot);
    }

    private void SkipComment()
    {
        var close = _source.IndexOf("#}", _cursor.Position, StringComparison.Ordinal);
        if (close < 0)
        {
            throw new JinjaFault("the comment '{#' has no '#}'", _cursor.Spot);
        }

        var sign = close > _cursor.Position ? _source[close - 1] : '\0';
        _cursor.MoveTo(sign switch
        {
            '-' => PythonSpace.Skip(_source, close + 2),
            '+' => close + 2,
            _ => Starts("\n", close + 2) ? close + 3 : close + 2,
        });
    }

    /// <summary>The position behind the tag's end, if one stands at <paramref name="at"/>.</summary>
    private int? TagEnd(int at, bool isBlock)
    {
        var close = isBlock ? "%}" : "}}";
        if (Starts("-" + close, at))
        {
            return PythonSpace.Skip(_source, at + 3);
        }

        if (isBlock && Starts("+%}", at))
        {
            return at + 3;
        }

        return Starts(close, at) ? at + 2 + (isBlock && Starts("\n", at + 2) ? 1 : 0) : null;
    }

    private void ReadTag(bool isBlock)
    {
        Add(isBlock ? TokenKind.BlockBegin : TokenKind.VariableBegin, "");
        var words = new TagLexer(_source, _cursor, _tokens);
        while (!(words.Balanced && TagEnd(_cursor.Position, isBlock) is not null))
        {
            if (_cursor.Position >= _source.Length)
            {
                return;
            }

            words.ReadOne();
        }

        Add(isBlock ? TokenKind.BlockEnd : TokenKind.VariableEnd, "");
        _cursor.MoveTo(TagEnd(_cursor.Position, isBlock)!.Value);
    }

    private bool Starts(string text, int at) => string.CompareOrdinal(_source, at, text, 0, text.Length) is 0;

    private void Add(TokenKind kind, string text) => _tokens.Add(new Token(kind, text, _cursor.Spot));
}
