using System.Globalization;

namespace AngelSlim.Core.Text.Tokenizers.Patterns;

/// <summary>Reads a regular expression in the part of Oniguruma's syntax that tokenizers use; refuses everything else by name.</summary>
/// <remarks>
/// Refused rather than guessed: lazy and possessive quantifiers, look-behind, look-ahead at more than one character, back
/// references, <c>.</c>, <c>^</c>, <c>\w</c>, scripts, nested and intersected classes.
/// </remarks>
internal sealed class PatternParser
{
    private const int DeepestGroup = 32;
    private const int MostRepeats = 1000;

    // Oniguruma would also match one character in place of these two: the ligatures and the sharp s.
    private static readonly string[] FoldedTogether = ["ss", "st", "ff", "fi", "fl"];

    private readonly string _source;
    private int _at;
    private int _depth;
    private bool _ignoreCase;

    private PatternParser(string source) => _source = source;

    private bool AtEnd => _at == _source.Length;

    /// <summary>The tree of a pattern.</summary>
    /// <exception cref="FormatException">Something in it is not known here, or it can match nothing.</exception>
    public static PatternNode Parse(string source)
    {
        var parser = new PatternParser(source);
        var tree = parser.ReadChoices();
        return !parser.AtEnd ? throw parser.Refused("an unmatched ')'")
            : tree.CanBeEmpty ? throw new FormatException("a pattern that can match nothing")
            : tree;
    }

    private PatternNode ReadChoices()
    {
        var choices = new List<PatternNode> { ReadSequence() };
        while (Take('|'))
        {
            choices.Add(ReadSequence());
        }

        return choices is [var only] ? only : new FirstOf(choices);
    }

    private PatternNode ReadSequence()
    {
        var parts = new List<PatternNode>();
        while (!AtEnd && _source[_at] is not ('|' or ')'))
        {
            parts.Add(ReadQuantifier(ReadAtom()));
        }

        return parts is [var only] ? only : new InTurn(parts);
    }

    private PatternNode ReadAtom()
    {
        switch (_source[_at])
        {
            case '(':
                return ReadGroup();
            case '[':
                return new OneOf(new ClassParser(_source, _ignoreCase).Read(ref _at));
            case '\\':
                return new OneOf(RuneSet.Where(new ClassParser(_source, _ignoreCase).ReadEscape(ref _at).Contains));
            case '$':
                _at++;
                return new LineEnd();
            case '.' or '^' or '*' or '+' or '?' or '{' or '}' or ']':
                throw Refused($"'{_source[_at]}' here");
            default:
                return new OneOf(RuneSet.Where(new ClassParser(_source, _ignoreCase).ReadLiteral(ref _at).Contains));
        }
    }

    private PatternNode ReadGroup()
    {
        if (++_depth > DeepestGroup)
        {
            throw Refused("groups nested deeper than 32");
        }

        var start = _at++;
        var before = _ignoreCase;
        var ahead = Take("?=") ? true : Take("?!") ? false : (bool?)null;
        if (ahead is null && Take("?i:"))
        {
            _ignoreCase = true;
        }
        else if (ahead is null && !Take("?:") && !AtEnd && _source[_at] == '?')
        {
            throw Refused($"a group that begins with '({_source.AsSpan(_at, Math.Min(2, _source.Length - _at))}'");
        }

        var body = ReadChoices();
        if (!Take(')'))
        {
            throw Refused("a group without its ')'");
        }

        var text = _source[start.._at];
        if (_ignoreCase && FoldedTogether.Any(pair => text.Contains(pair, StringComparison.OrdinalIgnoreCase)))
        {
            throw Refused($"'{text}': letters that fold together");
        }

        (_ignoreCase, _depth) = (before, _depth - 1);
        return ahead is not { } wanted ? body
            : body is OneOf { Set: var set } ? new Ahead(set, wanted)
            : throw Refused($"'{text}': a look ahead at more than one character");
    }

    private PatternNode ReadQuantifier(PatternNode body)
    {
        if (AtEnd || _source[_at] is not ('?' or '*' or '+' or '{'))
        {
            return body;
        }

        var (least, most) = _source[_at++] switch
        {
            '?' => (0, 1),
            '*' => (0, null),
            '+' => (1, null),
            _ => ReadCounts(),
        };
        return body.CanBeEmpty ? throw Refused("a repeat of something that can match nothing")
            : !AtEnd && _source[_at] is '?' or '*' or '+' or '{' ? throw Refused("a lazy, possessive or doubled quantifier")
            : new Repeated(body, least, most);
    }

    private (int Least, int? Most) ReadCounts()
    {
        var end = _source.IndexOf('}', _at);
        var counts = (end < 0 ? "" : _source[_at..end]).Split(',');
        if (counts.Length > 2 || !ReadCount(counts[0], out var least))
        {
            throw Refused("'{' without counts");
        }

        int? most = counts is [_, ""] ? null
            : ReadCount(counts[^1], out var count) && count >= least ? count
            : throw Refused("'{' without counts");
        _at = end + 1;
        return most == 0 ? throw Refused("a repeat of zero times") : (least, most);
    }

    private static bool ReadCount(string digits, out int count) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count <= MostRepeats;

    private bool Take(char character) => Take(character.ToString());

    private bool Take(string text)
    {
        var found = string.CompareOrdinal(_source, _at, text, 0, text.Length) == 0;
        _at += found ? text.Length : 0;
        return found;
    }

    private FormatException Refused(string what) => new($"{what} (character {_at} of the pattern)");
}
