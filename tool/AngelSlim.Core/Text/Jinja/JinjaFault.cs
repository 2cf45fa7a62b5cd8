namespace AngelSlim.Core.Text.Jinja;

/// <summary>A place in a template.</summary>
/// <param name="Line">From 1; 0 where it is not known.</param>
/// <param name="Column">From 1, in UTF-16 units.</param>
internal readonly record struct Spot(int Line, int Column);

/// <summary>A template that cannot be read, or that fails while it runs. <see cref="JinjaTemplate"/> turns it into a message with file, line and column.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="spot">Where; nothing where the interpreter knows it better.</param>
internal sealed class JinjaFault(string message, Spot spot = default) : Exception(message)
{
    /// <summary>Where; nothing where the interpreter knows it better.</summary>
    public Spot Spot { get; } = spot;
}
