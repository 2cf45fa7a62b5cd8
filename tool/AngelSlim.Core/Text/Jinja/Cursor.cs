namespace AngelSlim.Core.Text.Jinja;

/// <summary>How far a template has been read.</summary>
internal sealed class Cursor(string source)
{
    private int _line = 1;
    private int _lineStart;

    /// <summary>The next character's index.</summary>
    public int Position { get; private set; }

    /// <summary>Its line and column.</summary>
    public Spot Spot => new(_line, Position - _lineStart + 1);

    /// <summary>Goes on to a position that is not before this one.</summary>
    public void MoveTo(int position)
    {
        var lines = source.AsSpan(Position, position - Position).Count('\n');
        if (lines > 0)
        {
            _line += lines;
            _lineStart = source.LastIndexOf('\n', position - 1) + 1;
        }

        Position = position;
    }
}
