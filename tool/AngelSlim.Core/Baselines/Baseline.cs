using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Statistics;

namespace AngelSlim.Core.Baselines;

/// <summary>What an experiment had accepted when somebody took it as the measure: a file to commit, with the counts of every prompt.</summary>
internal sealed record Baseline
{
    /// <summary>What the file says it is, and its version.</summary>
    public const string Form = "angelslim/baseline/1";

    /// <summary>The experiment's name.</summary>
    public required string Experiment { get; init; }

    /// <summary>By which acceptance lengths are compared; all of them can be made of the counts.</summary>
    public required Estimator Estimator { get; init; }

    /// <summary>Who took it as the measure, why, and what it was then; the latest last.</summary>
    [MinLength(1)]
    public required IReadOnlyList<Blessing> Blessings { get; init; }

    /// <summary>What was measured.</summary>
    [MinLength(1)]
    public required IReadOnlyList<MeasuredEvaluation> Evaluations { get; init; }
}

/// <summary>Why a measurement became the measure.</summary>
internal sealed record Blessing
{
    /// <summary>When, UTC.</summary>
    public required string At { get; init; }

    /// <summary>Why, in the words of whoever did it.</summary>
    public required string Reason { get; init; }

    /// <summary>Version of the tool.</summary>
    public required string Tool { get; init; }

    /// <summary>The operating system.</summary>
    public required string System { get; init; }

    /// <summary>The processor.</summary>
    public required string Processor { get; init; }

    /// <summary>Acceptance lengths by evaluation: those before show how it came here by small steps.</summary>
    public required IReadOnlyDictionary<string, double> AcceptanceLengths { get; init; }
}

/// <summary>An evaluation, with all that has to be equal for another to be compared with it.</summary>
internal sealed record MeasuredEvaluation
{
    /// <summary>The step's name in the experiment: <c>evaluate-k2</c>.</summary>
    public required string Step { get; init; }

    /// <summary>The digest of its recipe, under which a store has it.</summary>
    [RegularExpression("^[0-9a-f]{64}$")]
    public required string Key { get; init; }

    /// <summary>Its settings: speculative tokens or tree, new tokens, seed, dtype.</summary>
    public required JsonNode Settings { get; init; }

    /// <summary>Digests of what it read: target, draft, rows, prompts.</summary>
    public required JsonNode Inputs { get; init; }

    /// <summary>Its prompts, in their order.</summary>
    [MinLength(1)]
    public required IReadOnlyList<MeasuredPrompt> Prompts { get; init; }

    /// <summary>For figures.</summary>
    public IReadOnlyList<PromptCounts> Counts() => [.. Prompts.Select(prompt => new PromptCounts(prompt.Source, prompt.Prompt, prompt.Rounds, prompt.NewTokens, prompt.Accepted))];
}

/// <summary>A prompt of an evaluation.</summary>
internal sealed record MeasuredPrompt
{
    /// <summary>The file that it is from, or <c>heldout</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Its name there.</summary>
    public required string Prompt { get; init; }

    /// <summary>Verification steps of the target.</summary>
    [Range(0, int.MaxValue)]
    public required int Rounds { get; init; }

    /// <summary>New tokens of the speculative text.</summary>
    [Range(1, int.MaxValue)]
    public required int NewTokens { get; init; }

    /// <summary>Rounds in which the drafted tokens up to and including each were accepted.</summary>
    [MinLength(1)]
    [EachInRange(0, int.MaxValue)]
    public required IReadOnlyList<int> Accepted { get; init; }
}
