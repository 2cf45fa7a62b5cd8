using System.Globalization;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Reporting;

/// <summary>A table of numbers that a stage wrote: a header line, then one line per row.</summary>
internal sealed class CsvTable
{
    private readonly Dictionary<string, int> _columns;
    private readonly List<IReadOnlyList<string>> _rows = [];
    private readonly string _path;

    private CsvTable(string path, IReadOnlyList<string> header)
    {
        _path = path;
        _columns = header.Index().ToDictionary(column => column.Item, column => column.Index);
    }

    /// <summary>How many rows.</summary>
    public int Count => _rows.Count;

    /// <summary>Reads the whole table.</summary>
    /// <exception cref="DataException">A row has another number of cells than the header, or quotes that do not match.</exception>
    public static CsvTable Read(string path)
    {
        CsvTable? table = null;
        foreach (var (number, line) in File.ReadLines(path).Index())
        {
            var cells = CsvLine.Read(line)
                ?? throw new DataException(ProblemCode.StoreCorrupt, "A quote ends a cell that no quote began, or the other way round. Train again.", new TextPlace(path, number + 1));
            if (table is null)
            {
                table = new CsvTable(path, cells);
                continue;
            }

            if (cells.Count != table._columns.Count)
            {
                throw new DataException(ProblemCode.StoreCorrupt, $"{table._columns.Count} cells expected, {cells.Count} found. Train again.", new TextPlace(path, number + 1));
            }

            table._rows.Add(cells);
        }

        return table ?? throw new DataException(ProblemCode.StoreCorrupt, "A header line expected, nothing found. Train again.", new TextPlace(path));
    }

    /// <summary>A column by its name.</summary>
    /// <exception cref="DataException">There is none, or a cell is no number.</exception>
    public double[] Column(string name)
    {
        if (!_columns.TryGetValue(name, out var index))
        {
            throw new DataException(ProblemCode.StoreCorrupt, $"Column '{name}' expected; found {string.Join(", ", _columns.Keys)}.", new TextPlace(_path, 1));
        }

        return [.. _rows.Select((row, i) => double.TryParse(row[index], NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new DataException(ProblemCode.StoreCorrupt, $"A number expected in column '{name}', '{row[index]}' found.", new TextPlace(_path, i + 2)))];
    }
}
