using AngelSlim.Core.Artifacts;
using Microsoft.Data.Sqlite;

namespace AngelSlim.Core.Running;

/// <summary>The steps of past runs, from a store's index.</summary>
internal sealed class PastSteps(RunDatabase database)
{
    /// <summary>Those of one run, in the order in which they ended; one that has not ended comes last.</summary>
    public IReadOnlyList<PastStep> Of(long run) =>
    [
        .. database.Rows(
            """
            select s.id, s.stage, s.key, s.outcome, s.reason, s.seconds, a.bytes, s.artifact
            from steps s left join artifacts a on a.stage = s.stage and a.key = s.key where s.run = $run order by s.rowid
            """,
            row => Read(run, row, Enum.Parse<StepOutcome>(row.GetString(3), ignoreCase: true)),
            ("$run", run)),
        .. database.Rows(
            """
            select step, stage, key, null, null, null, null, null from attempts t
            where run = $run and not exists (select 1 from steps s where s.run = t.run and s.id = t.step) order by id
            """,
            row => Read(run, row, outcome: null),
            ("$run", run)),
    ];

    private PastStep Read(long run, SqliteDataReader row, StepOutcome? outcome)
    {
        var (id, stage) = (row.GetString(0), row.GetString(1));
        var key = row.IsDBNull(2) ? (StepKey?)null : new StepKey(stage, Digest.Parse(row.GetString(2)));
        return new()
        {
            Id = id,
            Stage = stage,
            Key = key,
            Outcome = outcome,
            Reason = row.IsDBNull(4) ? null : row.GetString(4),
            Seconds = row.IsDBNull(5) ? null : row.GetDouble(5),
            Bytes = row.IsDBNull(6) ? null : row.GetInt64(6),
            Digest = row.IsDBNull(7) ? null : row.GetString(7),
            Message = outcome is StepOutcome.Failed ? Message(run, id) : null,
            Metrics = key is { } known ? Metrics(known) : [],
            Inputs = key is { } made ? Inputs(made) : [],
        };
    }

    private string? Message(long run, string step) =>
        database.Scalar("select message from attempts where run = $run and step = $step order by id desc limit 1", ("$run", run), ("$step", step)) as string;

    private IReadOnlyList<LastValue> Metrics(StepKey key) => database.Rows(
        """
        select name, step, value, max(rowid) from metrics
        where attempt = (select id from attempts where stage = $stage and key = $key order by outcome is 'made' desc, id desc limit 1)
        group by name order by name
        """,
        row => new LastValue(row.GetString(0), row.IsDBNull(1) ? null : row.GetInt64(1), row.IsDBNull(2) ? null : row.GetDouble(2)),
        Names(key));

    private IReadOnlyList<PastInput> Inputs(StepKey key) => database.Rows(
        "select input, digest, from_stage, from_key from lineage where stage = $stage and key = $key order by input, position",
        row => new PastInput(row.GetString(0), row.GetString(1), row.IsDBNull(2) ? null : new StepKey(row.GetString(2), Digest.Parse(row.GetString(3)))),
        Names(key));

    private static (string Name, object? Value)[] Names(StepKey key) => [("$stage", key.Stage), ("$key", key.Recipe.Hex)];
}
