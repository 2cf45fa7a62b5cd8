using System.Text;

namespace AngelSlim.Cli.Rendering;

/// <summary>The last lines of a terminal, which are drawn again and again; what is said for good stands above them.</summary>
/// <param name="talk">The terminal.</param>
/// <param name="columns">Its width now.</param>
internal sealed class LiveRegion(TextWriter talk, Func<int> columns)
{
    private const string ToLineStart = "\r";
    private const string ClearToEnd = "\x1b[J";
    private IReadOnlyList<string> _drawn = [];

    /// <summary>Columns that a line may fill: one stays free, because a full line wraps on some terminals.</summary>
    public int Room => Math.Max(columns() - 1, 1);

    /// <summary>Draws the region anew, in one write: a terminal must not show half of it.</summary>
    /// <param name="live">Its lines, without control characters; what is too long is cut.</param>
    /// <param name="above">Lines that stay above it.</param>
    public void Draw(IReadOnlyList<string> live, params ReadOnlySpan<string> above)
    {
        var text = new StringBuilder(ToTop());
        foreach (var line in above)
        {
            text.Append(line).Append('\n');
        }

        var room = Room;
        _drawn = [.. live.Select(line => line.Length <= room ? line : line[..room])];
        talk.Write(text.AppendJoin('\n', _drawn));
        talk.Flush();
    }

    /// <summary>To the first column of the region's first row, everything from there on cleared.</summary>
    /// <remarks>Since it was drawn the terminal may have become narrower, and has then wrapped the longer lines.</remarks>
    private string ToTop()
    {
        var width = Math.Max(columns(), 1);
        var rows = _drawn.Sum(line => Math.Max(1, (line.Length + width - 1) / width));
        return ToLineStart + (rows > 1 ? $"\x1b[{rows - 1}A" : "") + ClearToEnd;
    }
}
