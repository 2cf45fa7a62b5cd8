namespace AngelSlim.Cli.Commands;

/// <summary>Words that several verbs' help shares.</summary>
internal static class Help
{
    /// <summary>Of the argument that names a manifest.</summary>
    public const string Manifest = "The manifest, a JSON file";

    /// <summary>Of <c>--store</c>.</summary>
    public const string Store = "Folder of results; .angelslim in the manifest's folder when left out";

    /// <summary>Of <c>--json</c>.</summary>
    public const string Json = "One JSON document on standard output instead of a table";
}

/// <summary>Takes the verb that was chosen. A verb is one class with one method, which only notes what is to be done; a line in <see cref="CommandLine"/> adds it.</summary>
internal sealed class Choice
{
    /// <summary>What to do; null as long as nothing is chosen.</summary>
    public Func<Machine, int>? Verb { get; set; }
}
