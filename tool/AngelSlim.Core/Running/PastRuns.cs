using Microsoft.Data.Sqlite;

namespace AngelSlim.Core.Running;

/// <summary>Which runs are asked for.</summary>
internal sealed record RunFilter
{
    /// <summary>Of this experiment; null for any.</summary>
    public string? Name { get; init; }

    /// <summary>That came to this; null for anything.</summary>
    public RunState? State { get; init; }

    /// <summary>Before the run of this number.</summary>
    public long Before { get; init; } = long.MaxValue;

    /// <summary>At most so many.</summary>
    public required int Most { get; init; }
}

/// <summary>The runs that a store's index remembers.</summary>
/// <param name="database">The index.</param>
/// <param name="living">Tells what goes on.</param>
internal sealed class PastRuns(RunDatabase database, Living living)
{
    private const string Columns =
        """
        select id, manifest, name, tool, host, pid, threads, started, ended, outcome,
          (select count(*) from steps where run = runs.id and outcome = 'made'), (select count(*) from steps where run = runs.id and outcome = 'cached'),
          (select count(*) from steps where run = runs.id and outcome = 'failed')
        from runs
        """;

    /// <summary>The latest first.</summary>
    public IReadOnlyList<PastRun> Find(RunFilter filter)
    {
        // Whether a run without an end goes on is not in the index: these are few, and are sorted out here.
        var isOpen = filter.State is RunState.Running or RunState.Killed;
        var found = database.Rows(
            $"""
            {Columns}
            where id < $before and ($name is null or name = $name) and (not $open or ended is null) and ($outcome is null or outcome = $outcome)
            order by id desc limit $most
            """,
            Read,
            ("$before", filter.Before), ("$name", filter.Name), ("$open", isOpen), ("$outcome", isOpen ? null : Word(filter.State)), ("$most", isOpen ? -1 : filter.Most));
        return isOpen ? [.. found.Where(run => run.State == filter.State).Take(filter.Most)] : found;
    }

    /// <summary>The last run of an experiment, or of any; null when there is none.</summary>
    public PastRun? Last(string? name) => Find(new RunFilter { Name = name, Most = 1 }) is [var last] ? last : null;

    /// <summary>The run of a number; null when there is none.</summary>
    public PastRun? Get(long id) => database.Rows($"{Columns} where id = $id", Read, ("$id", id)).SingleOrDefault();

    /// <summary>The last run of a manifest's file, in whatever folder it was named from; null when there is none.</summary>
    /// <param name="fileName">Without a folder.</param>
    public PastRun? LastOf(string fileName) =>
        database.Rows(
            $"{Columns} where manifest = $file or substr(manifest, -length($file) - 1) in ('/' || $file, '\\' || $file) order by id desc limit 1",
            Read,
            ("$file", fileName)).SingleOrDefault();

    /// <summary>Every experiment's name.</summary>
    public IReadOnlyList<string> Names() => database.Rows("select name from runs group by name order by max(id) desc", row => row.GetString(0));

    private static string? Word(RunState? state) => state?.ToString().ToLowerInvariant();

    private PastRun Read(SqliteDataReader row)
    {
        var started = PastRun.Time(row.GetString(7));
        var place = new RunPlace(Tool: row.GetString(3), Host: row.GetString(4), Pid: row.IsDBNull(5) ? 0 : row.GetInt32(5), Threads: row.GetInt32(6));
        return new()
        {
            Id = row.GetInt64(0),
            Manifest = row.GetString(1),
            Name = row.GetString(2),
            State = row.IsDBNull(9) ? Open(place, started) : Enum.Parse<RunState>(row.GetString(9), ignoreCase: true),
            Started = started,
            Ended = row.IsDBNull(8) ? null : PastRun.Time(row.GetString(8)),
            Place = place,
            Made = row.GetInt32(10),
            Cached = row.GetInt32(11),
            Failed = row.GetInt32(12),
        };
    }

    private RunState Open(RunPlace place, DateTimeOffset started) => living.IsAlive(place.Host, place.Pid, started) ? RunState.Running : RunState.Killed;
}
