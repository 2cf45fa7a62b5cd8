using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests.Settings;
using AngelSlim.Core.Reporting;
using AngelSlim.Core.Running;

namespace AngelSlim.Cli.Documents;

/// <summary>A point of a sweep.</summary>
internal sealed record DocumentPoint
{
    /// <summary>Its settings in short: <c>unroll=3,tokens=2+4</c>.</summary>
    public required string Point { get; init; }

    /// <summary>What the sweep sets, by path, in its order.</summary>
    public required IReadOnlyDictionary<string, JsonNode?> Settings { get; init; }

    /// <summary>What has become of it.</summary>
    public required PointState State { get; init; }

    /// <summary>What was measured, by number of speculative tokens, ascending.</summary>
    public required IReadOnlyList<DocumentEvaluation> Evaluations { get; init; }

    /// <summary>What held-out rows said at the end of the training; null when there were none, or it is not trained.</summary>
    public required DocumentHeldout? Heldout { get; init; }

    /// <summary>Folder of the exported draft; null when it is not made.</summary>
    public required string? Draft { get; init; }

    /// <summary>Path of the report; null when it is not made.</summary>
    public required string? Report { get; init; }

    /// <summary>Of what a run brought.</summary>
    public static DocumentPoint Of(PointResult result) => new()
    {
        Point = result.Point.Label!,
        Settings = result.Point.Point.Settings.ToDictionary(setting => setting.Axis.Path, setting => setting.Value.ToNode()),
        State = result.State,
        Evaluations = [.. result.Figures.Evaluations.Select(DocumentEvaluation.Of)],
        Heldout = result.Figures.Heldout is { } heldout ? DocumentHeldout.Of(heldout) : null,
        Draft = result.Draft,
        Report = result.Report,
    };
}

/// <summary>An evaluation.</summary>
internal sealed record DocumentEvaluation
{
    /// <summary>Drafted tokens per round (k).</summary>
    public required int Tokens { get; init; }

    /// <summary>The tree that they form; null: a chain.</summary>
    public required TreeSettings? Tree { get; init; }

    /// <summary>Tokens per round, the target's own included.</summary>
    public required double AcceptanceLength { get; init; }

    /// <summary>Share of rounds in which positions up to and including each were accepted.</summary>
    public required IReadOnlyList<double> PerPosition { get; init; }

    /// <summary>Verification steps of the target: what the figures are counted over.</summary>
    public required long Rounds { get; init; }

    /// <summary>Prompts.</summary>
    public required int Prompts { get; init; }

    /// <summary>Prompts whose speculative text equals the plain text token by token; null when words were drawn.</summary>
    public required int? EqualPrompts { get; init; }

    /// <summary>Speculative tokens per second over plain ones, when it was evaluated.</summary>
    public required double Speedup { get; init; }

    /// <summary>Threads that libtorch had then.</summary>
    public required int Threads { get; init; }

    /// <summary>Of what was measured.</summary>
    public static DocumentEvaluation Of(EvaluationFigures figures) => new()
    {
        Tokens = figures.Summary.SpeculativeTokens,
        Tree = figures.Summary.Tree,
        AcceptanceLength = figures.Summary.All.AcceptanceLength,
        PerPosition = figures.Summary.All.PerPosition,
        Rounds = figures.Summary.All.Rounds,
        Prompts = figures.Summary.All.Prompts,
        EqualPrompts = figures.Summary.EqualPrompts,
        Speedup = figures.Timing.Speedup,
        Threads = figures.Timing.Threads,
    };
}

/// <summary>What held-out rows said.</summary>
internal sealed record DocumentHeldout
{
    /// <summary>Over all unroll steps with their weights; trainings with other unroll steps or weights have another loss.</summary>
    public required double Loss { get; init; }

    /// <summary>Of drafts of as many tokens as there are unroll steps.</summary>
    public required double AcceptanceLength { get; init; }

    /// <summary>Share of first drafted tokens that are the target's.</summary>
    public required double FirstAccuracy { get; init; }

    /// <summary>Of the last line of the training's table.</summary>
    public static DocumentHeldout Of(HeldoutFigures figures) => new() { Loss = figures.Loss, AcceptanceLength = figures.AcceptanceLength, FirstAccuracy = figures.FirstAccuracy };
}
