using System.Globalization;
using System.Text;

namespace AngelSlim.Package.Tests.Rendering;

/// <summary>As much of a terminal as the live table uses: cursor up, carriage return, clear to the end; long lines wrap, and wrap anew when it becomes narrower.</summary>
internal sealed class TinyTerminal(int columns) : StringWriter(CultureInfo.InvariantCulture)
{
    private readonly List<StringBuilder> _rows = [new()];
    private int _row;
    private int _column;

    /// <summary>Its width.</summary>
    public int Columns { get; set; } = columns;

    /// <summary>Everything that was written, write by write.</summary>
    public List<string> Writes { get; } = [];

    public override void Write(StringBuilder? value) => Write(value?.ToString());

    public override void Write(string? value)
    {
        Writes.Add(value!);
        for (var i = 0; i < value!.Length; i++)
        {
            switch (value[i])
            {
                case '\r':
                    _column = 0;
                    break;
                case '\n':
                    Down();
                    break;
                case '\e':
                    i = Control(value, i + 2);
                    break;
                default:
                    Put(value[i]);
                    break;
            }
        }
    }

    /// <summary>Rows that are longer than the new width wrap; the cursor stays at its letter.</summary>
    public void Narrow(int to)
    {
        Columns = to;
        for (var row = 0; row < _rows.Count; row++)
        {
            if (_rows[row].Length > to)
            {
                _rows.Insert(row + 1, new StringBuilder(_rows[row].ToString(to, _rows[row].Length - to)));
                _rows[row].Length = to;
                _row = _row > row || _column > to ? _row + 1 : _row;
            }
        }

        _column = _rows[_row].Length;
    }

    public override string ToString() => string.Join('\n', _rows.Select(row => row.ToString().TrimEnd()));

    private void Put(char letter)
    {
        if (_column >= Columns)
        {
            Down();
        }

        _rows[_row].Length = Math.Max(_rows[_row].Length, _column + 1);
        _rows[_row][_column++] = letter;
    }

    private void Down()
    {
        (_row, _column) = (_row + 1, 0);
        if (_row == _rows.Count)
        {
            _rows.Add(new());
        }
    }

    private int Control(string text, int at)
    {
        var end = at;
        while (char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        if (text[end] is 'A')
        {
            _row -= int.Parse(text.AsSpan(at, end - at), CultureInfo.InvariantCulture);
        }
        else
        {
            _rows.RemoveRange(_row + 1, _rows.Count - _row - 1);
            _rows[_row].Length = Math.Min(_rows[_row].Length, _column);
        }

        return end;
    }
}
