namespace AngelSlim.Core.Manifests;

/// <summary>How bad a <see cref="Problem"/> is.</summary>
public enum Severity
{
    /// <summary>Worth saying; nothing stops.</summary>
    Warning,

    /// <summary>Nothing is run.</summary>
    Error,
}

/// <summary>A place in a text file, as editors and MSBuild count: line and column from 1.</summary>
/// <param name="File">Path as the user gave it.</param>
/// <param name="Line">From 1; 0 when the whole file is meant.</param>
/// <param name="Column">From 1, in UTF-16 units; 0 when the whole line is meant.</param>
public readonly record struct TextPlace(string File, int Line = 0, int Column = 0)
{
    /// <inheritdoc/>
    public override string ToString() => Line > 0 ? $"{File}({Line},{Math.Max(Column, 1)})" : File;
}

/// <summary>One thing that is wrong with what the user asked for: what, where, and what to do about it.</summary>
/// <param name="Code">From <see cref="ProblemCode"/>; never reused for something else.</param>
/// <param name="Message">What was expected and what was found, and the next action.</param>
/// <param name="Place">Where, if it has a place.</param>
public sealed record Problem(string Code, string Message, TextPlace? Place = null)
{
    /// <summary>An error unless said otherwise.</summary>
    public Severity Severity { get; init; } = Severity.Error;

    /// <summary>The canonical line that editors and MSBuild parse: <c>file(line,col): error ASL0001: message</c>.</summary>
    public override string ToString() =>
        $"{(Place is { } place ? place.ToString() : "angelslim")}: {(Severity is Severity.Error ? "error" : "warning")} {Code}: {Message}";
}
