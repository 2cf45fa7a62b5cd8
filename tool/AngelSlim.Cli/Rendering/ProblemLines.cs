using AngelSlim.Core.Manifests;

namespace AngelSlim.Cli.Rendering;

/// <summary>Problems for people: on a terminal with the line that they are about and a caret below, elsewhere one canonical line each.</summary>
internal static class ProblemLines
{
    private const int LargestFile = 1 << 20;
    private const string Indent = "  ";

    /// <summary>Of a terminal that does not say how wide it is.</summary>
    private const int UnknownWidth = 80;

    /// <summary>Writes them.</summary>
    /// <param name="problems">In their order.</param>
    /// <param name="talk">Where to.</param>
    /// <param name="columns">Width of the terminal; null where it is none.</param>
    public static void Write(IEnumerable<Problem> problems, TextWriter talk, Func<int>? columns)
    {
        foreach (var problem in problems)
        {
            talk.WriteLine(problem);
            if (columns is not null && problem.Place is { Line: > 0 } place && Line(place) is { } line)
            {
                var width = columns() is > 20 and var known ? known : UnknownWidth;
                var (source, caret) = SourceLine.Around(line, place.Column, width - Indent.Length - 1);
                talk.WriteLine($"{Indent}{source}");
                talk.WriteLine($"{Indent}{caret}");
            }
        }
    }

    /// <summary>The line at a place; null when it cannot be shown. An option that was typed is its own line.</summary>
    private static string? Line(TextPlace place)
    {
        if (place.File.StartsWith("--", StringComparison.Ordinal))
        {
            return place.Line is 1 ? place.File : null;
        }

        try
        {
            return new FileInfo(place.File) is { Exists: true, Length: <= LargestFile } ? File.ReadLines(place.File).Skip(place.Line - 1).FirstOrDefault() : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The problem itself is told; its line would only be a help.
            return null;
        }
    }
}
