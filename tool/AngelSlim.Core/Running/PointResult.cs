using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Planning.Sweeps;
using AngelSlim.Core.Reporting;

namespace AngelSlim.Core.Running;

/// <summary>What has become of a point of a sweep.</summary>
internal enum PointState
{
    /// <summary>A step of it was made in this run, and nothing is missing.</summary>
    Made,

    /// <summary>All of it was in the store.</summary>
    Cached,

    /// <summary>A step of it failed.</summary>
    Failed,

    /// <summary>Something of it is not made.</summary>
    Waits,
}

/// <summary>What a run brought for a point of a sweep, or for the one experiment of a manifest that sweeps nothing.</summary>
/// <param name="Point">Its settings and steps.</param>
/// <param name="State">What has become of it.</param>
internal sealed record PointResult(PointSteps Point, PointState State)
{
    /// <summary>What was measured so far; read when somebody asks: a run that expects nothing and sweeps nothing shows none of it.</summary>
    public required Lazy<PointFigures> Measured { get; init; }

    /// <summary>The same.</summary>
    /// <exception cref="Manifests.DataException">A result in the store is not what its stage writes.</exception>
    public PointFigures Figures => Measured.Value;

    /// <summary>On what the manifest expects, as far as it was measured; in the manifest's order.</summary>
    public required IReadOnlyList<Verdict> Verdicts { get; init; }

    /// <summary>Folder of the exported draft; null when it is not made.</summary>
    public required string? Draft { get; init; }

    /// <summary>Path of the report; null when it is not made.</summary>
    public required string? Report { get; init; }

    /// <summary>Gathers what the steps left.</summary>
    /// <param name="point">The point.</param>
    /// <param name="results">Steps that are over, by id; others are not made.</param>
    /// <exception cref="Manifests.DataException">An evaluation from which something is expected is not what its stage writes.</exception>
    public static PointResult Of(PointSteps point, IReadOnlyDictionary<string, StepResult> results)
    {
        var made = point.Steps
            .Select(step => new { step.Stage.Output, results.GetValueOrDefault(step.Id)?.Folder })
            .Where(step => step.Folder is not null)
            .ToLookup(step => step.Output, step => step.Folder!);
        string? Only(Type output) => made[output].FirstOrDefault();

        var figures = new Lazy<PointFigures>(() => PointFigures.Read(
            Only(typeof(TrainedDraft)) is { } draft ? new TrainedDraft(draft) : null,
            made[typeof(Evaluation)].Select(folder => new Evaluation(folder))));
        return new(point, StateOf(point, results))
        {
            Measured = figures,
            Verdicts = point.Point.Experiment.Experiment.Expect is { } expect ? Verdict.Of(expect, [.. figures.Value.Evaluations.Select(evaluation => evaluation.Summary)]) : [],
            Draft = Only(typeof(ExportedDraft)),
            Report = Only(typeof(Report)) is { } report ? new Report(report).Markdown : null,
        };
    }

    private static PointState StateOf(PointSteps point, IReadOnlyDictionary<string, StepResult> results)
    {
        bool Any(Func<StepOutcome?, bool> asked) => point.Steps.Any(step => asked(results.GetValueOrDefault(step.Id)?.Outcome));
        return Any(outcome => outcome is StepOutcome.Failed) ? PointState.Failed
            : Any(outcome => outcome is not (StepOutcome.Made or StepOutcome.Cached)) ? PointState.Waits
            : Any(outcome => outcome is StepOutcome.Made) ? PointState.Made
            : PointState.Cached;
    }
}
