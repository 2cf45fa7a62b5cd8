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
                Made = DateTimeOffset.TryParse(row.Made, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var made) ? made : default,
            })];
}
