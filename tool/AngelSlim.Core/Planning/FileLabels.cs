namespace AngelSlim.Core.Planning;

/// <summary>Short names for the files of a list, each for one file only, that do not say where the list lies.</summary>
internal static class FileLabels
{
    /// <summary>
    /// The names without extension where they differ: <c>gsm8k</c> for <c>data/gsm8k.jsonl</c>. Otherwise the part of the paths in which they differ:
    /// <c>alpaca</c> and <c>gsm8k</c> for <c>alpaca/question.jsonl</c> and <c>gsm8k/question.jsonl</c>.
    /// </summary>
    /// <param name="paths">Absolute, none twice.</param>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> paths)
    {
        var names = paths.Select(path => Path.GetFileNameWithoutExtension(path)).ToArray();
        var apart = Differ(names) ? names : Distinguishing([.. paths.Select(path => Parts(Path.ChangeExtension(path, null)))]);
        return Differ(apart) ? apart : Distinguishing([.. paths.Select(Parts)]);
    }

    private static bool Differ(string[] labels) => labels.Distinct(StringComparer.Ordinal).Count() == labels.Length && !labels.Contains("");

    private static string[] Parts(string path) => path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What is left of each path when the folders that all begin with and the names that all end with are taken away.</summary>
    private static string[] Distinguishing(string[][] paths)
    {
        var shortest = paths.Min(parts => parts.Length);
        var before = Enumerable.Range(0, shortest - 1).TakeWhile(i => paths.All(parts => parts[i] == paths[0][i])).Count();
        var after = Enumerable.Range(1, shortest - before - 1).TakeWhile(i => paths.All(parts => parts[^i] == paths[0][^i])).Count();
        return [.. paths.Select(parts => string.Join('/', parts[before..^after]))];
    }
}
