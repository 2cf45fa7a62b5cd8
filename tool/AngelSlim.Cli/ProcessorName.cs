namespace AngelSlim.Cli;

/// <summary>Finds out what the processor is called.</summary>
internal static class ProcessorName
{
    private const string Name = "model name";

    /// <summary>As the system lists it.</summary>
    /// <param name="list">The file in which Linux lists processors.</param>
    /// <param name="otherwise">Where there is none, or it has no name.</param>
    public static string Of(string list, string otherwise) =>
        (File.Exists(list) ? File.ReadLines(list).FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal)) : null) is { } line
            ? line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
            : otherwise;
}
