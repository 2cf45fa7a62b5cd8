using System.Globalization;
using System.Text;

namespace AngelSlim.Core.Reporting;

/// <summary>
/// A line of a table as RFC 4180 has it: a cell with a comma or a quote stands in quotes, and a quote in it is doubled.
/// A record is one line, so that a torn one is told from a whole one by its end: a line break in a cell is written as a space.
/// </summary>
internal static class CsvLine
{
    /// <summary>The line without its end; invariant, floating-point numbers with nine digits.</summary>
    public static string Write(IEnumerable<object> cells) =>
        string.Join(',', cells.Select(cell => Quoted(string.Format(CultureInfo.InvariantCulture, cell is double ? "{0:G9}" : "{0}", cell))));

    /// <summary>The cells of a line; null where its quotes do not match.</summary>
    public static IReadOnlyList<string>? Read(string line)
    {
        var cells = new List<string>();
        for (var at = 0; at <= line.Length; at++)
        {
            if (at < line.Length && line[at] is '"')
            {
                at = ReadQuoted(line, at + 1, cells);
                if (at < 0 || (at < line.Length && line[at] is not ','))
                {
                    return null;
                }
            }
            else
            {
                var end = line.IndexOf(',', at) is var comma and >= 0 ? comma : line.Length;
                cells.Add(line[at..end]);
                at = end;
            }
        }

        return cells;
    }

    /// <returns>The place behind the closing quote; -1 where there is none.</returns>
    private static int ReadQuoted(string line, int at, List<string> cells)
    {
        var cell = new StringBuilder();
        while (line.IndexOf('"', at) is var quote and >= 0)
        {
            cell.Append(line, at, quote - at);
            if (quote + 1 == line.Length || line[quote + 1] is not '"')
            {
                cells.Add(cell.ToString());
                return quote + 1;
            }

            cell.Append('"');
            at = quote + 2;
        }

        return -1;
    }

    private static string Quoted(string text) =>
        text.AsSpan().ContainsAny(",\"\n\r") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal).ReplaceLineEndings(" ")}\"" : text;
}
