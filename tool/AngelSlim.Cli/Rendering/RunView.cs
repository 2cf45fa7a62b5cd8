namespace AngelSlim.Cli.Rendering;

/// <summary>Chooses how a run is shown.</summary>
internal static class RunView
{
    /// <summary>A live table on a terminal, plain lines elsewhere.</summary>
    /// <param name="machine">Where the talk goes.</param>
    /// <param name="steps">Steps of the run.</param>
    /// <param name="events">Takes the events as lines of JSON too; null when nobody wants them.</param>
    public static IRunView Of(Machine machine, int steps, TextWriter? events)
    {
        IRunView view = machine.Columns is { } columns
            ? new LiveTable(new LiveRegion(machine.Talk, columns), steps, machine.Clock)
            : new PlainLines(machine.Talk);
        return events is null ? view : new BothViews(view, new EventStream(events));
    }
}
