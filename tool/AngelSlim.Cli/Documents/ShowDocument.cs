using System.Text.Json.Nodes;
using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Running;

namespace AngelSlim.Cli.Documents;

/// <summary>What <c>show</c> says about a run.</summary>
[Form("show", 1)]
internal sealed record ShowDocument : Document
{
    /// <summary>The run.</summary>
    public required PastRunEntry Run { get; init; }

    /// <summary>Version of the tool that ran it.</summary>
    public required string Tool { get; init; }

    /// <summary>Threads of its tensor steps.</summary>
    public required int Threads { get; init; }

    /// <summary>Its settings at the values that held: those that are not the default's, or all with <c>--all</c>.</summary>
    public required IReadOnlyList<ShowDocumentSetting> Settings { get; init; }

    /// <summary>Its steps, in the order in which they ended.</summary>
    public required IReadOnlyList<ShowDocumentStep> Steps { get; init; }

    /// <summary>What its manifest expected, and what came out.</summary>
    public required IReadOnlyList<RunDocumentExpectation> Expectations { get; init; }

    /// <summary>Of what the store knows.</summary>
    /// <param name="detail">Of the run.</param>
    /// <param name="settings">Those that are shown.</param>
    /// <param name="store">For folders.</param>
    public static ShowDocument Of(RunDetail detail, IEnumerable<EffectiveSetting> settings, ArtifactStore store) => new()
    {
        Run = PastRunEntry.Of(detail.Run),
        Tool = detail.Run.Place.Tool,
        Threads = detail.Run.Place.Threads,
        Settings = [.. settings.Select(setting => new ShowDocumentSetting { Path = setting.Path, Value = setting.Value, IsDefault = setting.IsDefault })],
        Steps = [.. detail.Steps.Select(step => ShowDocumentStep.Of(step, store))],
        Expectations = [.. detail.Verdicts.Select(verdict => RunDocumentExpectation.Of(verdict.Point, verdict.Verdict))],
    };
}

/// <summary>A setting.</summary>
internal sealed record ShowDocumentSetting
{
    /// <summary>Dotted: <c>training.epochs</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Its value.</summary>
    public required JsonNode? Value { get; init; }

    /// <summary>It is what holds when a manifest says nothing.</summary>
    public required bool IsDefault { get; init; }
}

/// <summary>A step of a run.</summary>
internal sealed record ShowDocumentStep
{
    /// <summary>Its name in the experiment.</summary>
    public required string Id { get; init; }

    /// <summary>What kind of step it is.</summary>
    public required string Stage { get; init; }

    /// <summary>How it ended; null while it is at work, and when the run was killed in it.</summary>
    public required StepOutcome? Outcome { get; init; }

    /// <summary>Why it ran, or when its result was made, for people; null as <see cref="Outcome"/>.</summary>
    public required string? Reason { get; init; }

    /// <summary>What a failed step said; null when it did not fail.</summary>
    public required string? Message { get; init; }

    /// <summary>How long it took in this run, 0 when its result was there; null as <see cref="Outcome"/>.</summary>
    public required double? Seconds { get; init; }

    /// <summary>Bytes of its result; null when there is none.</summary>
    public required long? Bytes { get; init; }

    /// <summary>Digest of everything that it was asked and read; null when that was not known yet.</summary>
    public required string? Key { get; init; }

    /// <summary>Digest of its result's files; null when there is none.</summary>
    public required string? Digest { get; init; }

    /// <summary>Where its result lies; null when it is not there, or not any more.</summary>
    public required string? Folder { get; init; }

    /// <summary>The last value of each series that its stage measured.</summary>
    public required IReadOnlyList<ShowDocumentMetric> Metrics { get; init; }

    /// <summary>What its result was made of.</summary>
    public required IReadOnlyList<ShowDocumentInput> Inputs { get; init; }

    /// <summary>Of a step in the index.</summary>
    public static ShowDocumentStep Of(PastStep step, ArtifactStore store) => new()
    {
        Id = step.Id,
        Stage = step.Stage,
        Outcome = step.Outcome,
        Reason = step.Reason,
        Message = step.Message,
        Seconds = step.Seconds is { } seconds ? Math.Round(seconds, 3) : null,
        Bytes = step.Bytes,
        Key = step.Key?.Recipe.Hex,
        Digest = step.Digest,
        Folder = step.Key is { } key ? store.FolderOf(key) : null,
        Metrics = [.. step.Metrics.Select(last => new ShowDocumentMetric { Name = last.Name, Step = last.Step, Value = last.Value })],
        Inputs = [.. step.Inputs.Select(ShowDocumentInput.Of)],
    };
}

/// <summary>The last value of a series.</summary>
internal sealed record ShowDocumentMetric
{
    /// <summary>Of the series: <c>loss</c>.</summary>
    public required string Name { get; init; }

    /// <summary>To which it belongs; null when it is one value.</summary>
    public required long? Step { get; init; }

    /// <summary>Null when it was not finite.</summary>
    public required double? Value { get; init; }
}

/// <summary>What a result was made of.</summary>
internal sealed record ShowDocumentInput
{
    /// <summary>What the step calls it.</summary>
    public required string Name { get; init; }

    /// <summary>Digest of its content.</summary>
    public required string Digest { get; init; }

    /// <summary>Stage of the result that it is; null for what the user brought.</summary>
    public required string? Stage { get; init; }

    /// <summary>Key of the result that it is; null as <see cref="Stage"/>.</summary>
    public required string? Key { get; init; }

    /// <summary>Of an input in the index.</summary>
    public static ShowDocumentInput Of(PastInput input) => new()
    {
        Name = input.Name,
        Digest = input.Digest,
        Stage = input.From?.Stage,
        Key = input.From?.Recipe.Hex,
    };
}
