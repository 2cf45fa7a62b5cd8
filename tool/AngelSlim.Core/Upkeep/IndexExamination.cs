using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Running;
using Microsoft.Data.Sqlite;

namespace AngelSlim.Core.Upkeep;

/// <summary>Whether the index can be read, and says the same as the files beside it.</summary>
internal sealed class IndexExamination(string root, Treatment treatment, TimeProvider clock)
{
    private const string Check = "index";
    private const int FaultsShown = 3;

    private string FilePath => Path.Combine(root, RunDatabase.FileName);

    /// <summary>Judges the file, before anything else opens it.</summary>
    /// <returns>One finding; wrong when the index cannot be used.</returns>
    public Finding File()
    {
        if (!System.IO.File.Exists(FilePath))
        {
            return treatment is Treatment.Mend
                ? new(Check, Health.Mended, "there was none; it is made anew")
                : new(Check, Health.Note, "there is none; the next run begins it with the runs that have a file, and --fix with the results as well");
        }

        if (Faults() is not { Count: > 0 } faults)
        {
            return new(Check, Health.Fine, "SQLite finds no damage");
        }

        var text = $"{FilePath} is damaged ({string.Join("; ", faults.Take(FaultsShown))})";
        return treatment is Treatment.Mend
            ? new(Check, Health.Mended, $"{text}. It lies at {PutAside()}; runs are read from their files and results from their listings. Measurements and attempts of runs that did not end are lost.")
            : new(Check, Health.Wrong, $"{text}. {IndexFault.WhatToDoAboutDamage(FilePath)}");
    }

    /// <summary>Compares an index that can be read with what lies beside it.</summary>
    /// <param name="database">The index.</param>
    /// <param name="objects">All results.</param>
    public IEnumerable<Finding> Contents(RunDatabase database, IReadOnlyList<StoredObject> objects)
    {
        if (ResultIndex.Missing(database, objects) is { Count: > 0 } missing)
        {
            yield return Mend($"{missing.Count} of {objects.Count} results were not in it", () => ResultIndex.Keep(database, missing, objects));
        }

        var indexed = database.Rows("select stage, key from artifacts", row => (row.GetString(0), row.GetString(1))).ToHashSet();
        var present = objects.Select(found => (found.Key.Stage, found.Key.Recipe.Hex)).ToHashSet();
        if (indexed.Count(key => !present.Contains(key)) is > 0 and var gone)
        {
            yield return new(Check, Health.Note, $"it remembers {gone} results that are no longer in the store");
        }

        foreach (var finding in Runs(database))
        {
            yield return finding;
        }
    }

    private IEnumerable<Finding> Runs(RunDatabase database)
    {
        var damaged = new List<string>();
        var files = RunFile.All(root, damaged.Add).Select(run => run.Id).ToHashSet();
        var runs = database.Rows("select id, ended from runs", row => (Id: row.GetInt64(0), IsOver: !row.IsDBNull(1)));
        var ids = runs.Select(run => run.Id).ToHashSet();
        if (files.Count(id => !ids.Contains(id)) is > 0 and var unknown)
        {
            yield return Mend($"{unknown} runs were not in it", () => RunFile.Restore(database));
        }

        foreach (var path in damaged.Where(path => !ids.Any(id => RunFile.PathOf(root, id) == path)))
        {
            yield return new("runs", Health.Wrong, $"{path} cannot be read, and the index has no such run: gc deletes no result as long as it is there. Delete it if you know what the run was.");
        }

        var without = runs.Where(run => run.IsOver && !files.Contains(run.Id)).Select(run => run.Id).ToList();
        if (without.Count > 0)
        {
            yield return Mend($"{without.Count} runs had no readable file beside it", () => without.ForEach(run => RunFile.Write(database, run)));
        }
    }

    private Finding Mend(string text, Action mend)
    {
        if (treatment is Treatment.Look)
        {
            return new(Check, Health.Wrong, $"{text}: --fix mends that");
        }

        mend();
        return new(Check, Health.Mended, text);
    }

    private List<string> Faults()
    {
        try
        {
            using var connection = RunDatabase.Connection(FilePath, SqliteOpenMode.ReadWrite);
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "pragma integrity_check";
            using var reader = command.ExecuteReader();
            var faults = new List<string>();
            while (reader.Read())
            {
                faults.Add(reader.GetString(0).ReplaceLineEndings(" "));
            }

            return faults is ["ok"] ? [] : faults;
        }
        catch (SqliteException failure) when (IndexFault.Of(FilePath, failure) is { } fault)
        {
            return fault.Problem.Code is ProblemCode.StoreCorrupt ? [failure.Message] : throw fault;
        }
    }

    private string PutAside()
    {
        var place = $"{FilePath}.corrupt-{clock.GetUtcNow():yyyyMMddHHmmssfff}";
        foreach (var part in new[] { "-wal", "-shm", "" }.Where(part => System.IO.File.Exists(FilePath + part)))
        {
            Durable.Move(FilePath + part, place + part);
        }

        return place;
    }
}
