namespace AngelSlim.Cli.Rendering;

/// <summary>Chooses how a run is shown.</summary>
internal static class RunView
{
    /// <summary>A live table on a terminal, plain lines elsewhere.</summary>
    /// <param name="machine">Where the talk goes.</param>
    /// <param name="steps">Steps of the run.</param>
    public static IRunView Of(Machine machine, int steps) => machine.Columns is { } columns
        ? new LiveTable(new LiveRegion(machine.Talk, columns), steps, machine.Clock)
        : new PlainLines(machine.Talk);
}
