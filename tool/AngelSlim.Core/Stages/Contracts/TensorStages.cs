using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;

namespace AngelSlim.Core.Stages.Contracts;

/// <summary>Hidden states of the target over all rows, to disk.</summary>
public sealed record CaptureSettings
{
    /// <summary>The type the target computes in, and the type on disk.</summary>
    [ComesFrom("target.dtype")]
    public required Dtype Dtype { get; init; }

    /// <inheritdoc cref="DraftSettings.HiddenLayers"/>
    [ComesFrom("draft.hiddenLayers")]
    public required IReadOnlyList<int>? HiddenLayers { get; init; }
}

/// <summary>What <c>capture</c> reads.</summary>
public sealed record CaptureInputs(TargetFolder Target, TokenRows Rows);

/// <summary>A draft from its first weights to its last.</summary>
public sealed record TrainSettings
{
    /// <summary>The type the target computes in.</summary>
    [ComesFrom("target.dtype")]
    public required Dtype Dtype { get; init; }

    /// <summary>The shape of the draft.</summary>
    public required DraftSettings Draft { get; init; }

    /// <summary>How it is trained.</summary>
    public required TrainingSettings Training { get; init; }

    /// <summary>Tokens of the longest row, for the estimate of memory.</summary>
    [Incidental]
    [ComesFrom("data.maxTokens")]
    public int MaxTokens { get; init; } = 2048;
}

/// <summary>What <c>train</c> reads; without features the target itself runs (online).</summary>
public sealed record TrainInputs(TargetFolder Target, TokenRows Rows, DraftWords Words, Features? Features);

/// <summary>A trained draft in the form that vLLM and SGLang load.</summary>
public sealed record ExportSettings
{
    /// <summary>The type of the exported weights.</summary>
    [ComesFrom("target.dtype")]
    public required Dtype Dtype { get; init; }

    /// <summary>For the model card: the target as people name it.</summary>
    [ComesFrom("target")]
    public required string TargetName { get; init; }

    /// <summary>For the launch commands: the hub id by which a server finds the target; null when only a folder holds it.</summary>
    [ComesFrom("target.model")]
    public required string? TargetHubId { get; init; }

    /// <summary>For the launch commands: the branch, tag or commit of the hub's model; null: its main branch, or no hub.</summary>
    [ComesFrom("target.revision")]
    public string? TargetRevision { get; init; }

    /// <summary>For the launch commands.</summary>
    [ComesFrom("speculation.tokens")]
    public required int SpeculativeTokens { get; init; }

    /// <summary>For the launch command of SGLang, which drafts trees; null: a chain.</summary>
    [ComesFrom("speculation.tree")]
    public TreeSettings? Tree { get; init; }

    /// <inheritdoc cref="ExportingSettings.Speculators"/>
    [ComesFrom("export.speculators")]
    public required bool Speculators { get; init; }
}

/// <summary>What <c>export</c> reads.</summary>
public sealed record ExportInputs(TargetFolder Target, DraftWords Words, TrainedDraft Draft);

/// <summary>Plain and speculative decoding of the same prompts, side by side.</summary>
public sealed record EvaluateSettings
{
    /// <summary>Drafted tokens per round (k).</summary>
    [ComesFrom("speculation.tokens")]
    public required int SpeculativeTokens { get; init; }

    /// <summary>The tree that they form; null: a chain.</summary>
    [ComesFrom("speculation.tree")]
    public TreeSettings? Tree { get; init; }

    /// <summary>What each file of prompts is called in the results; no two are the same.</summary>
    [ComesFrom("evaluation.prompts")]
    public required IReadOnlyList<string> PromptLabels { get; init; }

    /// <inheritdoc cref="EvaluationSettings.PromptsPerFile"/>
    [ComesFrom("evaluation.promptsPerFile")]
    public required int PromptsPerFile { get; init; }

    /// <inheritdoc cref="EvaluationSettings.MaxNewTokens"/>
    [ComesFrom("evaluation.maxNewTokens")]
    public required int MaxNewTokens { get; init; }

    /// <inheritdoc cref="EvaluationSettings.PromptsAtOnce"/>
    [ComesFrom("evaluation.promptsAtOnce")]
    public int PromptsAtOnce { get; init; } = 1;

    /// <inheritdoc cref="EvaluationSettings.Stop"/>
    [ComesFrom("evaluation.stop")]
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>How words are drawn; null: the best.</summary>
    [ComesFrom("evaluation")]
    public SamplingSettings? Sampling { get; init; }

    /// <summary>The type that target and draft compute in.</summary>
    [ComesFrom("target.dtype")]
    public required Dtype Dtype { get; init; }
}

/// <summary>How words are drawn.</summary>
public sealed record SamplingSettings
{
    /// <inheritdoc cref="EvaluationSettings.Temperature"/>
    public required double Temperature { get; init; }

    /// <inheritdoc cref="EvaluationSettings.TopK"/>
    public required int? TopK { get; init; }

    /// <inheritdoc cref="EvaluationSettings.TopP"/>
    public required double TopP { get; init; }

    /// <inheritdoc cref="EvaluationSettings.Seed"/>
    public required int Seed { get; init; }

    /// <summary>How the draft chooses.</summary>
    [ComesFrom("speculation.drafting")]
    public required Drafting Drafting { get; init; }
}

/// <summary>What <c>evaluate</c> reads; without prompt files the first questions of the held-out rows.</summary>
public sealed record EvaluateInputs(TargetFolder Target, ExportedDraft Draft, TokenRows Rows, IReadOnlyList<SourceFile> Prompts);

/// <summary>A tiny target with random weights.</summary>
public sealed record RandomSettings
{
    /// <inheritdoc cref="TargetSettings.Random"/>
    [ComesFrom("target.random")]
    public required string Family { get; init; }
}

/// <summary>What <c>random</c> reads: a target that lends its tokenizer and its chat template.</summary>
public sealed record RandomInputs(TargetFolder Tokenizer);

/// <summary>What <c>pretrain</c> reads: nothing; its corpus is made from its seed.</summary>
public sealed record PretrainInputs;
