using AngelSlim.Core.Artifacts;

namespace AngelSlim.Core.Reporting;

/// <summary>What was measured of one experiment, as far as it is made.</summary>
/// <param name="Evaluations">By number of speculative tokens, ascending.</param>
/// <param name="Heldout">At the end of the training; null when it was not judged on held-out rows.</param>
internal sealed record PointFigures(IReadOnlyList<EvaluationFigures> Evaluations, HeldoutFigures? Heldout)
{
    /// <summary>Reads the results' files.</summary>
    /// <exception cref="Manifests.DataException">One is not what its stage writes.</exception>
    public static PointFigures Read(TrainedDraft? draft, IEnumerable<Evaluation> evaluations) => new(
        [.. evaluations.Select(EvaluationFigures.Read).OrderBy(figures => figures.Summary.Rank)],
        draft is null ? null : HeldoutFigures.Read(draft));
}

/// <summary>One evaluation.</summary>
/// <param name="Summary">What was accepted.</param>
/// <param name="Timing">How fast, on the machine that evaluated.</param>
internal sealed record EvaluationFigures(EvaluationSummary Summary, EvaluationTiming Timing)
{
    /// <summary>Reads both files.</summary>
    /// <exception cref="Manifests.DataException">One is not what the stage writes.</exception>
    public static EvaluationFigures Read(Evaluation evaluation) =>
        new(ArtifactJson.Read<EvaluationSummary>(evaluation.Summary), ArtifactJson.Read<EvaluationTiming>(evaluation.Timing));
}

/// <summary>The last line of a training's held-out table.</summary>
/// <param name="Loss">Over all unroll steps with their weights; trainings with other unroll steps or weights have another loss.</param>
/// <param name="AcceptanceLength">Of drafts of as many tokens as there are unroll steps.</param>
/// <param name="FirstAccuracy">Share of first drafted tokens that are the target's.</param>
internal sealed record HeldoutFigures(double Loss, double AcceptanceLength, double FirstAccuracy)
{
    /// <summary>Null when the table has no line.</summary>
    /// <exception cref="Manifests.DataException">It is not the table that the stage writes.</exception>
    public static HeldoutFigures? Read(TrainedDraft draft)
    {
        var table = CsvTable.Read(draft.Heldout);
        return table.Count is 0 ? null : new(table.Column("loss")[^1], table.Column("acceptance_length")[^1], table.Column("acc_0")[^1]);
    }
}
