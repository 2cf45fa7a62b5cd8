using System.Globalization;
using System.Text;

namespace AngelSlim.Core.Text.Tokenizers.Patterns;

/// <summary>Reads what stands for one character of a pattern: a literal, an escape, or a class in brackets.</summary>
/// <param name="source">The pattern.</param>
/// <param name="ignoreCase">Within <c>(?i:…)</c>, where only ASCII is known here.</param>
internal sealed class ClassParser(string source, bool ignoreCase)
{
    private const string PlainEscapes = "\\/.^$*+?()[]{}|-\"'&#~`!%,:;<=>@_ ";

    private static readonly Dictionary<string, UnicodeCategory> Categories = new()
    {
        ["Lu"] = UnicodeCategory.UppercaseLetter,
        ["Ll"] = UnicodeCategory.LowercaseLetter,
        ["Lt"] = UnicodeCategory.TitlecaseLetter,
        ["Lm"] = UnicodeCategory.ModifierLetter,
        ["Lo"] = UnicodeCategory.OtherLetter,
        ["Mn"] = UnicodeCategory.NonSpacingMark,
        ["Mc"] = UnicodeCategory.SpacingCombiningMark,
        ["Me"] = UnicodeCategory.EnclosingMark,
        ["Nd"] = UnicodeCategory.DecimalDigitNumber,
        ["Nl"] = UnicodeCategory.LetterNumber,
        ["No"] = UnicodeCategory.OtherNumber,
        ["Pc"] = UnicodeCategory.ConnectorPunctuation,
        ["Pd"] = UnicodeCategory.DashPunctuation,
        ["Ps"] = UnicodeCategory.OpenPunctuation,
        ["Pe"] = UnicodeCategory.ClosePunctuation,
        ["Pi"] = UnicodeCategory.InitialQuotePunctuation,
        ["Pf"] = UnicodeCategory.FinalQuotePunctuation,
        ["Po"] = UnicodeCategory.OtherPunctuation,
        ["Sm"] = UnicodeCategory.MathSymbol,
        ["Sc"] = UnicodeCategory.CurrencySymbol,
        ["Sk"] = UnicodeCategory.ModifierSymbol,
        ["So"] = UnicodeCategory.OtherSymbol,
        ["Zs"] = UnicodeCategory.SpaceSeparator,
        ["Zl"] = UnicodeCategory.LineSeparator,
        ["Zp"] = UnicodeCategory.ParagraphSeparator,
    };

    /// <summary>A predicate over code points, and the code point where it is a single one (the end of a range can be no other).</summary>
    public readonly record struct Member(Func<int, bool> Contains, int? Single);

    /// <summary>A class in brackets; <paramref name="at"/> moves behind it.</summary>
    /// <exception cref="FormatException">Something in it is not known here.</exception>
    public RuneSet Read(ref int at)
    {
        at++;
        var negated = at < source.Length && source[at] == '^';
        at += negated ? 1 : 0;
        var members = new List<Func<int, bool>>();
        while (at < source.Length && source[at] != ']')
        {
            members.Add(ReadRange(ref at));
        }

        if (at == source.Length || members.Count == 0)
        {
            throw Refused(at, "an empty or unfinished class");
        }

        at++;
        return RuneSet.Where(rune => members.Exists(member => member(rune)) != negated);
    }

    /// <summary>A backslash and what it stands for.</summary>
    public Member ReadEscape(ref int at)
    {
        var escaped = at + 1 < source.Length ? source[at + 1] : '\0';
        at += 2;
        return escaped switch
        {
            'r' => Single('\r', at),
            'n' => Single('\n', at),
            't' => Single('\t', at),
            's' => new Member(IsWhiteSpace, null),
            'S' => new Member(rune => !IsWhiteSpace(rune), null),
            'd' => new Member(rune => CategoryOf(rune) is UnicodeCategory.DecimalDigitNumber, null),
            'D' => new Member(rune => CategoryOf(rune) is not UnicodeCategory.DecimalDigitNumber, null),
            'p' => ReadProperty(ref at, wanted: true),
            'P' => ReadProperty(ref at, wanted: false),
            _ when PlainEscapes.Contains(escaped, StringComparison.Ordinal) => Single(escaped, at),
            _ => throw Refused(at - 2, $"the escape '\\{escaped}'"),
        };
    }

    /// <summary>A character that stands for itself.</summary>
    public Member ReadLiteral(ref int at)
    {
        Rune.DecodeFromUtf16(source.AsSpan(at), out var rune, out var units);
        at += units;
        return Single(rune.Value, at);
    }

    /// <summary>White_Space: not U+200B, U+FEFF, U+180E, U+001C to U+001F.</summary>
    public static bool IsWhiteSpace(int rune) => rune <= char.MaxValue && char.IsWhiteSpace((char)rune);

    private Func<int, bool> ReadRange(ref int at)
    {
        var low = ReadMember(ref at);
        if (at + 1 >= source.Length || source[at] != '-' || source[at + 1] == ']')
        {
            return low.Contains;
        }

        at++;
        var high = ReadMember(ref at);
        return (low.Single, high.Single) is ({ } first, { } last) && first <= last
            ? rune => (rune >= first && rune <= last) || (ignoreCase && Folds(rune).Any(other => other >= first && other <= last))
            : throw Refused(at, "a range without two ends in order");
    }

    private Member ReadMember(ref int at)
    {
        var next = source[at];
        return next == '[' ? throw Refused(at, "a class within a class")
            : next == '&' && at + 1 < source.Length && source[at + 1] == '&' ? throw Refused(at, "an intersection of classes")
            : next == '\\' ? ReadEscape(ref at)
            : ReadLiteral(ref at);
    }

    private Member ReadProperty(ref int at, bool wanted)
    {
        var end = source.IndexOf('}', at);
        if (end < 0 || source[at] != '{')
        {
            throw Refused(at, "a property without its name in braces");
        }

        var name = source[(at + 1)..end];
        at = end + 1;
        var categories = Categories.Where(entry => entry.Key == name || (name.Length == 1 && entry.Key[0] == name[0]))
            .Aggregate(0u, (set, entry) => set | (1u << (int)entry.Value));
        return categories == 0 ? throw Refused(at, $"the property '{name}'")
            : ignoreCase ? throw Refused(at, $"the property '{name}' in a part that ignores case")
            : new Member(rune => ((categories >> (int)CategoryOf(rune)) & 1) != 0 == wanted, null);
    }

    private Member Single(int character, int at)
    {
        if (ignoreCase && character > 0x7F)
        {
            throw Refused(at, "a character beyond ASCII in a part that ignores case");
        }

        return new Member(ignoreCase ? rune => rune == character || Folds(rune).Contains(character) : rune => rune == character, character);
    }

    /// <summary>The ASCII letters that a character equals when case is ignored: U+017F is an s and U+212A a k.</summary>
    private static IEnumerable<int> Folds(int rune) => rune switch
    {
        >= 'A' and <= 'Z' => [rune + 32],
        >= 'a' and <= 'z' => [rune - 32],
        0x17F => ['s', 'S'],
        0x212A => ['k', 'K'],
        _ => [],
    };

    private static UnicodeCategory CategoryOf(int rune) => CharUnicodeInfo.GetUnicodeCategory(rune);

    private static FormatException Refused(int at, string what) => new($"{what} (character {at} of the pattern)");
}
