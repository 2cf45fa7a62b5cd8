using System.Globalization;
using System.Text.Json.Serialization;
using AngelSlim.Core.Manifests.Settings;

namespace AngelSlim.Core.Artifacts;

/// <summary>How much of what a draft proposed its target accepted: <c>summary.json</c> of an <see cref="Evaluation"/>. Holds no clock, so equal runs give equal bytes.</summary>
public sealed record EvaluationSummary
{
    /// <summary>Drafted tokens per round (k).</summary>
    public required int SpeculativeTokens { get; init; }

    /// <summary>The tree that they form; null: a chain.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TreeSettings? Tree { get; init; }

    /// <summary>What people call it: the number of a chain's tokens, or <c>tree</c>.</summary>
    [JsonIgnore]
    public string Label => Tree is null ? SpeculativeTokens.ToString(CultureInfo.InvariantCulture) : SpeculationSettings.TreeLabel;

    /// <summary>By which evaluations are ordered: chains by length, then the tree.</summary>
    [JsonIgnore]
    public int Rank => Tree is null ? SpeculativeTokens : int.MaxValue;

    /// <summary>The counts over all prompts.</summary>
    public required AcceptanceCounts All { get; init; }

    /// <summary>The same by file of prompts, under its label.</summary>
    public required IReadOnlyDictionary<string, AcceptanceCounts> Sources { get; init; }

    /// <summary>Prompts whose speculative text equals the plain text token by token; in float32 all of them. Null when words were drawn: then the two texts are two draws.</summary>
    public required int? EqualPrompts { get; init; }

    /// <summary>
    /// The counts of chains of 1, 2, … k tokens, from one pass that drafts at every token of the texts (k, the last, beside
    /// the decoded rounds in <see cref="All"/>); null of trees and of drawn words.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AcceptanceCounts>? Chains { get; init; }

    /// <summary>Prompts in which that pass gives, for k, the very rounds that decoding made; null where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? AgreeingPrompts { get; init; }
}

/// <summary>Counts of a set of prompts.</summary>
/// <remarks>Acceptance length is a ratio of sums, as vLLM reports it: 1 + Σ accepted / Σ rounds, the target's own token of each round included.</remarks>
public sealed record AcceptanceCounts
{
    /// <summary>How many prompts.</summary>
    public required int Prompts { get; init; }

    /// <summary>New tokens of the speculative texts, end tokens included.</summary>
    public required long NewTokens { get; init; }

    /// <summary>Verification steps of the target.</summary>
    public required long Rounds { get; init; }

    /// <summary>Accepted drafted tokens by position; index 0 is the first of a round. Its sum is all that was accepted.</summary>
    public required IReadOnlyList<long> AcceptedByPosition { get; init; }

    /// <summary>1 + Σ accepted / Σ rounds; 1 when there was no round.</summary>
    public double AcceptanceLength => Rounds is 0 ? 1 : 1 + ((double)AcceptedByPosition.Sum() / Rounds);

    /// <summary>Share of rounds in which positions up to and including each were accepted (what vLLM calls per-position acceptance).</summary>
    public IReadOnlyList<double> PerPosition => [.. AcceptedByPosition.Select(count => Rounds is 0 ? 0 : (double)count / Rounds)];

    /// <summary>The same, given that the position before was accepted.</summary>
    public IReadOnlyList<double> PerPositionConditional =>
        [.. AcceptedByPosition.Select((count, i) => (i is 0 ? Rounds : AcceptedByPosition[i - 1]) is var before and > 0 ? (double)count / before : 0)];
}

/// <summary>How fast: <c>timing.json</c> of an <see cref="Evaluation"/>. Plain and speculative decoding of the same prompts in turn, in one process.</summary>
public sealed record EvaluationTiming
{
    /// <summary>Wall seconds of plain decoding, prompts included.</summary>
    public required double PlainSeconds { get; init; }

    /// <summary>Wall seconds of speculative decoding, prompts included.</summary>
    public required double SpeculativeSeconds { get; init; }

    /// <summary>New tokens of the plain texts.</summary>
    public required long PlainNewTokens { get; init; }

    /// <summary>New tokens of the speculative texts, as many where the texts are equal.</summary>
    public required long NewTokens { get; init; }

    /// <summary>Threads that libtorch had.</summary>
    public required int Threads { get; init; }

    /// <summary>New tokens per second, plain.</summary>
    public double PlainTokensPerSecond => PlainNewTokens / PlainSeconds;

    /// <summary>New tokens per second, speculative.</summary>
    public double SpeculativeTokensPerSecond => NewTokens / SpeculativeSeconds;

    /// <summary>Speculative tokens per second over plain ones.</summary>
    public double Speedup => SpeculativeTokensPerSecond / PlainTokensPerSecond;

    /// <summary>Where the speed-up lies, by how much the prompts differ; null for fewer than two prompts. It does not know what else the machine did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Interval? SpeedupInterval { get; init; }
}

/// <summary>Bounds of a figure, each of which holds with a confidence of 95 %.</summary>
/// <param name="Lower">The figure is above this.</param>
/// <param name="Upper">The figure is below this.</param>
public sealed record Interval(double Lower, double Upper);
