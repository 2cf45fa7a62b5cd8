using System.Globalization;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Planning;

namespace AngelSlim.Core.Running;

/// <summary>What the index remembers of earlier results.</summary>
internal sealed class RunHistory(RunDatabase database) : IHistory
{
    /// <inheritdoc/>
    /// <remarks>The time of the last attempt stands beside the result; a step that went on after a stop took the time of the earlier ones too.</remarks>
    public IReadOnlyList<PastResult> Of(string stage, int most) =>
        [.. database.Rows(
            """
            select a.key, a.recipe, a.digest, a.bytes, a.made,
              max(a.seconds, coalesce((select sum(s.seconds) from steps s where s.stage = a.stage and s.key = a.key), 0))
            from artifacts a where a.stage = $stage order by a.made desc limit $most
            """,
            row => (Key: row.GetString(0), Recipe: row.GetString(1), Output: row.GetString(2), Bytes: row.GetInt64(3), Made: row.GetString(4), Seconds: row.GetDouble(5)),
            ("$stage", stage), ("$most", most))
            .Where(row => Digest.IsDigest(row.Key) && Digest.IsDigest(row.Output))
            .Select(row => new PastResult(new(stage, Digest.Parse(row.Key)), row.Recipe)
            {
                Output = Digest.Parse(row.Output),
                Bytes = row.Bytes,
                Seconds = row.Seconds,
                Made = TimeOf(row.Made),
            })];

    /// <inheritdoc/>
    public PastMaking? MakingOf(StepKey key) =>
        database.Rows(
            """
            select r.id, r.manifest, t.host from attempts t join runs r on r.id = t.run
            where t.stage = $stage and t.key = $key and t.outcome = 'made' order by t.id desc limit 1
            """,
            row => new PastMaking(row.GetInt64(0), row.GetString(1), row.GetString(2)),
            Of(key)).SingleOrDefault();

    /// <inheritdoc/>
    public IReadOnlyList<PastFile> FilesOf(string digest) =>
        database.Rows(
            """
            select path, file, sha256 from sources
            where digest = $digest and path = (select path from sources where digest = $digest order by rowid desc limit 1) order by file
            """,
            row => new PastFile(row.GetString(0), row.GetString(1), row.GetString(2)),
            ("$digest", digest));

    /// <inheritdoc/>
    public IReadOnlyList<PastOutput> OutputsOf(StepKey key) =>
        database.Rows(
            "select run, seen, steady from outputs where stage = $stage and key = $key order by rowid",
            row => new PastOutput(row.GetInt64(0), TimeOf(row.GetString(1)), row.GetString(2)),
            Of(key));

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, StepKey?> StepsOf(long run) =>
        database.Rows(
            "select id, stage, key from steps where run = $run",
            row => (Id: row.GetString(0), Key: !row.IsDBNull(2) && Digest.IsDigest(row.GetString(2)) ? new StepKey(row.GetString(1), Digest.Parse(row.GetString(2))) : null),
            ("$run", run)).ToDictionary(row => row.Id, row => row.Key, StringComparer.Ordinal);

    private static (string Name, object? Value)[] Of(StepKey key) => [("$stage", key.Stage), ("$key", key.Recipe.Hex)];

    private static DateTimeOffset TimeOf(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : default;
}
