using System.Globalization;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Planning;
using AngelSlim.Core.Stages.Contracts;

namespace AngelSlim.Core.Running;

/// <summary>Whether a run brought what its manifest expects.</summary>
/// <param name="Tokens">Speculative tokens, as the manifest spells them.</param>
/// <param name="AtLeast">The acceptance length that was expected.</param>
/// <param name="Found">The one that was measured.</param>
internal sealed record Verdict(string Tokens, double AtLeast, double Found)
{
    /// <summary>It is long enough.</summary>
    public bool IsMet => Found >= AtLeast;

    /// <summary>One verdict for each expectation, in the manifest's order.</summary>
    /// <param name="expect">What was expected; null for nothing.</param>
    /// <param name="steps">What was asked for.</param>
    /// <param name="made">What was made, by step.</param>
    /// <exception cref="Manifests.DataException">A result in the store is not what its stage writes.</exception>
    public static IReadOnlyList<Verdict> Of(ExpectSettings? expect, IReadOnlyList<Step> steps, IReadOnlyDictionary<string, StoredArtifact> made)
    {
        double Measured(string tokens)
        {
            var step = steps.Single(step => step.Settings is EvaluateSettings settings && settings.SpeculativeTokens.ToString(CultureInfo.InvariantCulture) == tokens);
            return ArtifactJson.Read<EvaluationSummary>(new Evaluation(made[step.Id].Folder).Summary).All.AcceptanceLength;
        }

        return expect is null ? [] : [.. expect.AcceptanceLengthAtLeast.Select(asked => new Verdict(asked.Key, asked.Value, Measured(asked.Key)))];
    }
}
