namespace AngelSlim.Core.Reporting;

/// <summary>What held-out rows said of a training, from its <c>heldout.csv</c>: the one place that says which step was best.</summary>
/// <param name="Lines">Step and simulated acceptance length of each evaluation, in their order.</param>
internal sealed record HeldoutTable(IReadOnlyList<(int Step, double AcceptanceLength)> Lines)
{
    /// <summary>Steps, best first: by simulated acceptance length; among equals the earlier, which has seen every row less often.</summary>
    public IEnumerable<int> BestFirst => Lines.OrderByDescending(line => line.AcceptanceLength).ThenBy(line => line.Step).Select(line => line.Step);

    /// <summary>Reads it.</summary>
    public static HeldoutTable Read(string path)
    {
        var table = CsvTable.Read(path);
        return new([.. table.Column("step").Zip(table.Column("acceptance_length")).Select(line => ((int)line.First, line.Second))]);
    }

    /// <summary>The last evaluations brought nothing better than one before them.</summary>
    /// <param name="patience">How many.</param>
    public bool HasStalledFor(int patience) => Lines.Count > 0 && Lines.Count(line => line.Step > BestFirst.First()) >= patience;
}
