using System.Text.Json.Nodes;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Stages.Contracts;

/// <summary>A run for people.</summary>
public sealed record ReportSettings
{
    /// <summary>The manifest with every default written out; files by name only, and without what changes only the speed: both may change without a new report.</summary>
    [ComesFrom("")]
    public required JsonObject Experiment { get; init; }
}

/// <summary>What <c>report</c> reads.</summary>
public sealed record ReportInputs(TokenRows Rows, DraftWords Words, TrainedDraft Draft, ExportedDraft Export, IReadOnlyList<Evaluation> Evaluations);
