namespace AngelSlim.Core.Stages;

/// <summary>Something that happened while a stage ran. Renderers, the log and the database read the same events.</summary>
public abstract record RunEvent;

/// <summary>How far a stage is.</summary>
/// <param name="Done">Items finished, those of earlier attempts included.</param>
/// <param name="Total">Items in all.</param>
/// <param name="Unit">What an item is, plural: rows, steps, prompts, tokens.</param>
public sealed record Progressed(long Done, long Total, string Unit) : RunEvent
{
    /// <summary>A few figures worth showing beside the bar, already formatted: <c>loss 3.21</c>.</summary>
    public string? Detail { get; init; }
}

/// <summary>A number worth keeping.</summary>
/// <param name="Name">Dotted, lower camel case: <c>loss</c>, <c>heldout.acceptanceLength</c>.</param>
/// <param name="Value">Its value.</param>
/// <param name="Step">The step it belongs to, if it is one of a series.</param>
public sealed record Measured(string Name, double Value, long? Step = null) : RunEvent;

/// <summary>A sentence for the log.</summary>
/// <param name="Text">One line.</param>
/// <param name="Warning">True when the user should look.</param>
public sealed record Said(string Text, bool Warning = false) : RunEvent;
