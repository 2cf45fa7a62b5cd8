using System.Globalization;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests.Settings;

namespace AngelSlim.Core.Running;

/// <summary>Whether a run brought what its manifest expects.</summary>
/// <param name="Tokens">Speculative tokens, as the manifest spells them.</param>
/// <param name="AtLeast">The acceptance length that was expected.</param>
/// <param name="Found">The one that was measured.</param>
internal sealed record Verdict(string Tokens, double AtLeast, double Found)
{
    /// <summary>It is long enough.</summary>
    public bool IsMet => Found >= AtLeast;

    /// <summary>One verdict for each expectation that was measured, in the manifest's order.</summary>
    /// <param name="expect">What was expected; null for nothing.</param>
    /// <param name="evaluations">What was measured, each number of speculative tokens once.</param>
    public static IReadOnlyList<Verdict> Of(ExpectSettings? expect, IReadOnlyList<EvaluationSummary> evaluations)
    {
        var lengths = evaluations.ToDictionary(evaluation => evaluation.SpeculativeTokens.ToString(CultureInfo.InvariantCulture), evaluation => evaluation.All.AcceptanceLength);
        return expect is null ? [] : [.. from asked in expect.AcceptanceLengthAtLeast where lengths.ContainsKey(asked.Key) select new Verdict(asked.Key, asked.Value, lengths[asked.Key])];
    }
}
