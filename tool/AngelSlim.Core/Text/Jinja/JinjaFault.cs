namespace AngelSlim.Core.Text.Jinja;

/// <summary>A template that cannot be read, or that fails while it runs. <see cref="JinjaTemplate"/> turns it into a message with file and line.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="line">Line in the template, from 1; 0 where the interpreter knows it better.</param>
internal sealed class JinjaFault(string message, int line = 0) : Exception(message)
{
    /// <summary>Line in the template, from 1; 0 where the interpreter knows it better.</summary>
    public int Line { get; } = line;
}
