using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests.Settings;

namespace AngelSlim.Core.Running;

/// <summary>A verdict, and the point of a sweep for which it holds.</summary>
/// <param name="Point">The point's label; null where nothing is swept.</param>
/// <param name="Verdict">What was measured there.</param>
internal sealed record PointVerdict(string? Point, Verdict Verdict);

/// <summary>Whether a run brought what its manifest expects.</summary>
/// <param name="Tokens">Speculative tokens of a chain, or <c>tree</c>, as the manifest spells them.</param>
/// <param name="AtLeast">The acceptance length that was expected.</param>
/// <param name="Found">The one that was measured.</param>
internal sealed record Verdict(string Tokens, double AtLeast, double Found)
{
    /// <summary>What was measured, for people: <c>at k = 4</c>, <c>of the tree</c>.</summary>
    public string Place => Shown(Tokens);

    /// <summary>The same of what is not measured yet.</summary>
    public static string Shown(string tokens) => tokens is SpeculationSettings.TreeLabel ? "of the tree" : $"at k = {tokens}";

    /// <summary>It is long enough.</summary>
    public bool IsMet => Found >= AtLeast;

    /// <summary>One verdict for each expectation that was measured, in the manifest's order.</summary>
    /// <param name="expect">What was expected; null for nothing.</param>
    /// <param name="evaluations">What was measured, each once.</param>
    public static IReadOnlyList<Verdict> Of(ExpectSettings? expect, IReadOnlyList<EvaluationSummary> evaluations)
    {
        var lengths = evaluations.ToDictionary(evaluation => evaluation.Label, evaluation => evaluation.All.AcceptanceLength);
        return expect is null ? [] : [.. from asked in expect.AcceptanceLengthAtLeast where lengths.ContainsKey(asked.Key) select new Verdict(asked.Key, asked.Value, lengths[asked.Key])];
    }
}
