using System.Globalization;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Running;

namespace AngelSlim.Core.Upkeep;

/// <summary>The runs of a store, from the index and from their files: what either knows.</summary>
internal static class KnownRuns
{
    /// <summary>By number.</summary>
    /// <param name="database">The index.</param>
    /// <param name="unreadable">Told the files of runs that are damaged and that the index has not either.</param>
    public static IReadOnlyList<RunFile> Of(RunDatabase database, Action<string> unreadable)
    {
        var indexed = Indexed(database).ToDictionary(run => run.Id);
        var files = RunFile.All(database.Root, path =>
        {
            if (!indexed.Keys.Any(id => RunFile.PathOf(database.Root, id) == path))
            {
                unreadable(path);
            }
        });
        return [.. files.Where(run => !indexed.ContainsKey(run.Id)).Concat(indexed.Values).OrderBy(run => run.Id)];
    }

    private static IEnumerable<RunFile> Indexed(RunDatabase database)
    {
        var keys = database.Rows(
            "select run, stage, key from steps where key is not null union select run, stage, key from attempts",
            row => (Run: row.GetInt64(0), Key: new StepKey(row.GetString(1), Digest.Parse(row.GetString(2))))).ToLookup(row => row.Run, row => row.Key);
        return database.Rows(
            "select id, name, started from runs",
            row => new RunFile(row.GetInt64(0), row.GetString(1), DateTimeOffset.Parse(row.GetString(2), CultureInfo.InvariantCulture), [.. keys[row.GetInt64(0)]]));
    }
}
