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
            row => Read(row, Enum.Parse<StepOutcome>(row.GetString(3), ignoreCase: true)),
            ("$run", run)),
        .. database.Rows(
            """
            select step, stage, key, null, null, null, null, null from attempts t
            where run = $run and not exists (select 1 from steps s where s.run = t.run and s.id = t.step) order by id
            """,
            row => Read(row, outcome: null),
            ("$run", run)),
    ];

    /// <summary>The same, with what they said, measured and read.</summary>
    public IReadOnlyList<PastStep> InDetail(long run) =>
    [
        .. from step in Of(run)
           select step with
           {
               Message = step.Outcome is StepOutcome.Failed ? Message(run, step.Id) : null,
               Metrics = step.Key is { } key ? Metrics(key) : [],
               Inputs = step.Key is { } made ? Inputs(made) : [],
           },
    ];

    private static PastStep Read(SqliteDataReader row, StepOutcome? outcome)
    {
        var stage = row.GetString(1);
        return new()
        {
            Id = row.GetString(0),
            Stage = stage,
            Key = row.IsDBNull(2) ? null : new StepKey(stage, Digest.Parse(row.GetString(2))),
            Outcome = outcome,
            Reason = row.IsDBNull(4) ? null : row.GetString(4),
            Seconds = row.IsDBNull(5) ? null : row.GetDouble(5),
            Bytes = row.IsDBNull(6) ? null : row.GetInt64(6),
            Digest = row.IsDBNull(7) ? null : row.GetString(7),
        };
    }

    private string? Message(long run, string step) =>
        database.Scalar("select message from attempts where run = $run and step = $step order by id desc limit 1", ("$run", run), ("$step", step)) as string;

    private IReadOnlyList<LastValue> Metrics(StepKey key) => database.Rows(
        """
        select name, step, value, max(rowid) from metrics
        where attempt = coalesce(
          (select id from attempts where stage = $stage and key = $key and outcome = 'made' order by id desc limit 1),
          (select id from attempts where stage = $stage and key = $key order by id desc limit 1))
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
