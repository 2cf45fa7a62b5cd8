using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using AngelSlim.Core.Text.Tokenizers.Patterns;

namespace AngelSlim.Core.Text.Tokenizers;

/// <summary>Unicode normalisation form C, with the origin of every character as the reference tokenizer counts it.</summary>
/// <remarks>
/// <see cref="string.Normalize()"/> is not enough: it tells no origins, and without ICU (invariant globalization) it returns
/// its input. The tables are in <c>CanonicalComposition.txt</c>; Hangul is by arithmetic (Unicode standard, section 3.12).
/// </remarks>
internal sealed class CanonicalComposition
{
    private const int SyllableFirst = 0xAC00;
    private const int LeadFirst = 0x1100;
    private const int VowelFirst = 0x1161;
    private const int TailBefore = 0x11A7;
    private const int Leads = 19;
    private const int Vowels = 21;
    private const int Tails = 28;

    private static readonly Lazy<CanonicalComposition> Loaded = new(() => new CanonicalComposition());

    private readonly Dictionary<int, int> _classes = [];
    private readonly Dictionary<int, int[]> _decompositions = [];
    private readonly Dictionary<(int First, int Second), int> _compositions = [];
    private readonly RuneSet _inert;

    private CanonicalComposition()
    {
        var excluded = new HashSet<int>();
        using var stream = typeof(CanonicalComposition).Assembly.GetManifestResourceStream("CanonicalComposition.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            ReadLine(line, excluded);
        }

        excluded.UnionWith(_classes.Keys);
        excluded.UnionWith(_compositions.Keys.Select(pair => pair.Second));
        _inert = RuneSet.Where(rune => !excluded.Contains(rune)
            && rune is not ((>= VowelFirst and < VowelFirst + Vowels) or (> TailBefore and < TailBefore + Tails)));
    }

    /// <summary>The tables, read once.</summary>
    public static CanonicalComposition Instance => Loaded.Value;

    /// <summary>The text in form C; the same object where nothing could change.</summary>
    public AlignedText Compose(Piece piece)
    {
        var source = new List<Piece>();
        var parts = new List<Part>();
        foreach (var rune in piece.Characters.EnumerateRunes())
        {
            var start = source.Count == 0 ? piece.Start : source[^1].End;
            source.Add(new Piece(piece.Source, start, start + rune.Utf16SequenceLength));
            Decompose(rune.Value, change: 0, parts);
        }

        Order(parts);
        return Align(Join(parts), source);
    }

    /// <summary>True if each character is a starter that nothing before or after it can change: form C already, each from itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool IsComposed(ReadOnlySpan<char> text)
    {
        if (!text.ContainsAnyExceptInRange('\0', '\u02FF'))
        {
            return true;
        }

        foreach (var rune in text.EnumerateRunes())
        {
            if (!_inert.Contains(rune.Value))
            {
                return false;
            }
        }

        return true;
    }

    private static AlignedText Align(List<Part> parts, List<Piece> source)
    {
        var text = new StringBuilder();
        var origins = new List<TextSpan>();
        var position = 0;
        foreach (var (character, change, _) in parts)
        {
            // A character that the reference counts as inserted belongs to the one before; one that swallowed n moves on by n more.
            var from = source[Math.Clamp(change > 0 ? position - 1 : position, 0, source.Count - 1)];
            position += change > 0 ? 0 : 1 - change;
            var rune = new Rune(character);
            text.Append(rune);
            origins.AddRange(Enumerable.Repeat(from.Source.Origin(from.Start, from.End), rune.Utf16SequenceLength));
        }

        return new AlignedText(text.ToString(), [.. origins]);
    }

    private void Decompose(int character, int change, List<Part> parts)
    {
        var syllable = character - SyllableFirst;
        if (syllable is >= 0 and < Leads * Vowels * Tails)
        {
            parts.Add(new Part(LeadFirst + (syllable / (Vowels * Tails)), change, 0));
            parts.Add(new Part(VowelFirst + (syllable % (Vowels * Tails) / Tails), 1, 0));
            if (syllable % Tails > 0)
            {
                parts.Add(new Part(TailBefore + (syllable % Tails), 1, 0));
            }
        }
        else if (_decompositions.TryGetValue(character, out var decomposition))
        {
            Decompose(decomposition[0], change, parts);
            foreach (var further in decomposition.AsSpan(1))
            {
                Decompose(further, change: 1, parts);
            }
        }
        else
        {
            parts.Add(new Part(character, change, _classes.GetValueOrDefault(character)));
        }
    }

    /// <summary>Canonical order: marks of one starter by class, those of equal class as they stood.</summary>
    private static void Order(List<Part> parts)
    {
        for (var start = 0; start < parts.Count; start++)
        {
            var end = start;
            while (end < parts.Count && parts[end].Class != 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                parts[start..end].OrderBy(part => part.Class).ToArray().CopyTo(CollectionsMarshal.AsSpan(parts)[start..]);
            }

            start = end;
        }
    }

    private List<Part> Join(List<Part> parts)
    {
        var joined = new List<Part>(parts.Count);
        var starter = -1;
        var between = -1;
        foreach (var part in parts)
        {
            // Blocked by a mark between that is of the same or a higher class.
            if (starter >= 0 && between < part.Class && Composed(joined[starter].Character, part.Character) is { } character)
            {
                joined[starter] = new Part(character, joined[starter].Change + part.Change - 1, 0);
                continue;
            }

            (starter, between) = part.Class == 0 ? (joined.Count, -1) : (starter, part.Class);
            joined.Add(part);
        }

        return joined;
    }

    private int? Composed(int first, int second)
    {
        if (first - LeadFirst is >= 0 and < Leads && second - VowelFirst is >= 0 and < Vowels)
        {
            return SyllableFirst + ((((first - LeadFirst) * Vowels) + second - VowelFirst) * Tails);
        }

        if (first - SyllableFirst is >= 0 and < Leads * Vowels * Tails && (first - SyllableFirst) % Tails == 0
            && second - TailBefore is > 0 and < Tails)
        {
            return first + second - TailBefore;
        }

        return _compositions.TryGetValue((first, second), out var composed) ? composed : null;
    }

    private void ReadLine(string line, HashSet<int> excluded)
    {
        var words = line.Split(' ');
        if (words[0] is "class")
        {
            foreach (var range in words[2..])
            {
                var ends = range.Split('-');
                for (var character = Hex(ends[0]); character <= Hex(ends[^1]); character++)
                {
                    _classes[character] = int.Parse(words[1].TrimEnd(':'), CultureInfo.InvariantCulture);
                }
            }
        }
        else if (words[0] is not "#")
        {
            Array.ForEach(words, word => ReadDecomposition(word, excluded));
        }
    }

    private void ReadDecomposition(string word, HashSet<int> excluded)
    {
        var sides = word.TrimStart('!').Split('=');
        var (character, parts) = (Hex(sides[0]), sides[1].Split('+').Select(Hex).ToArray());
        _decompositions[character] = parts;
        if (word.StartsWith('!'))
        {
            excluded.Add(character);
        }
        else
        {
            _compositions[(parts[0], parts[1])] = character;
        }
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    /// <param name="Character">A code point.</param>
    /// <param name="Change">Characters that it has more (1) or fewer (negative) than the input it stands for.</param>
    /// <param name="Class">Canonical combining class; 0 is a starter.</param>
    private readonly record struct Part(int Character, int Change, int Class);
}
