using System.Globalization;
using System.Text;

namespace AngelSlim.Cli.Rendering;

/// <summary>A line of a file in the columns of a terminal.</summary>
internal static class SourceLine
{
    private const int TabWidth = 4;

    /// <summary>The line, cut around a place when it is too long, and a caret that stands below that place.</summary>
    /// <param name="line">Of the file.</param>
    /// <param name="column">Of the place, from 1, in UTF-16 units; behind the line is its end.</param>
    /// <param name="room">Columns that line and caret may take.</param>
    public static (string Source, string Caret) Around(string line, int column, int room)
    {
        var cells = Cells(line, out var starts);
        var caret = starts.FindLastIndex(start => start < Math.Max(column, 1));
        if (column > line.Length || caret < 0)
        {
            caret = cells.Count;
        }

        // Two columns are kept for the marks of what is cut off, and two thirds of the rest lie before the place.
        var whole = cells.Sum(cell => cell.Width) < room;
        var from = whole ? 0 : First(cells, caret, Math.Max(room - 2, 1) * 2 / 3);
        var to = whole ? cells.Count : Last(cells, from, Math.Max(room - 2, 1));
        var before = (from > 0 ? 1 : 0) + cells.Take(from..Math.Min(caret, cells.Count)).Sum(cell => cell.Width);
        var source = string.Concat(cells.Take(from..to).Select(cell => cell.Text));
        return ($"{(from > 0 ? "…" : "")}{source}{(to < cells.Count ? "…" : "")}", $"{new string(' ', before)}^");
    }

    /// <summary>What is shown of each character, and where in the line each begins.</summary>
    private static List<(string Text, int Width)> Cells(string line, out List<int> starts)
    {
        var cells = new List<(string, int)>();
        starts = [];
        var start = 0;
        foreach (var rune in line.EnumerateRunes())
        {
            starts.Add(start);
            cells.Add(rune.Value is '\t' ? (new string(' ', TabWidth), TabWidth) : Rune.IsControl(rune) ? ("?", 1) : (rune.ToString(), Width(rune)));
            start += rune.Utf16SequenceLength;
        }

        return cells;
    }

    private static int First(List<(string Text, int Width)> cells, int caret, int room)
    {
        var first = caret;
        for (var width = 0; first > 0 && (width += cells[first - 1].Width) <= room; first--)
        {
        }

        return first;
    }

    private static int Last(List<(string Text, int Width)> cells, int from, int room)
    {
        var last = from;
        for (var width = 0; last < cells.Count && (width += cells[last].Width) <= room; last++)
        {
        }

        return last;
    }

    /// <summary>Columns on a terminal: two for East Asian wide characters and pictures, none for what joins the character before.</summary>
    private static int Width(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format => 0,
        _ => rune.Value is (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0x303E) or (>= 0x3041 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3)
            or (>= 0xF900 and <= 0xFAFF) or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF01 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6)
            or (>= 0x1F300 and <= 0x1F64F) or (>= 0x1F900 and <= 0x1F9FF) or (>= 0x20000 and <= 0x3FFFD) ? 2 : 1,
    };
}
