using AngelSlim.Cli.Rendering;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Running;

namespace AngelSlim.Cli.Commands;

/// <summary>What a manifest expects, and what its run brought, for each point of a sweep.</summary>
internal sealed class Expectations(IReadOnlyList<PointResult> points)
{
    /// <summary>A line for each, also for those whose evaluation has no result.</summary>
    public IEnumerable<string> Lines => points.SelectMany(point => point.Verdicts.Select(verdict => Words.Of(point.Point.Label, verdict))).Concat(Unjudged);

    private IEnumerable<string> Unjudged =>
        from point in points
        from tokens in (point.Point.Point.Experiment.Experiment.Expect?.AcceptanceLengthAtLeast.Keys ?? []).Except(point.Verdicts.Select(verdict => verdict.Tokens))
        select $"{(point.Point.Label is { } label ? $"{label}: " : "")}acceptance length {Verdict.Shown(tokens)}: not judged, its evaluation has no result";

    /// <summary>Says what was missed, at its place in the manifest.</summary>
    /// <returns>The exit code.</returns>
    public int Judge(TextWriter talk)
    {
        var isMet = true;
        foreach (var point in points)
        {
            var where = point.Point.Label is { } label ? $" of {label}" : "";
            foreach (var verdict in point.Verdicts.Where(verdict => !verdict.IsMet))
            {
                isMet = false;
                talk.WriteLine(new Problem(
                    ProblemCode.ExpectationMissed,
                    $"The acceptance length{where} {verdict.Place} is {verdict.Found:0.000}; at least {verdict.AtLeast} was expected.",
                    point.Point.Point.Experiment.PlaceOf("expect", "acceptanceLengthAtLeast", verdict.Tokens)));
            }
        }

        return isMet ? ExitCode.Done : ExitCode.ExpectationMissed;
    }
}
