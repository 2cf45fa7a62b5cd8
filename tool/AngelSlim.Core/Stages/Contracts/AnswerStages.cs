using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;

namespace AngelSlim.Core.Stages.Contracts;

/// <summary>Answers of the target itself, computed here.</summary>
public sealed record RegenerateSettings
{
    /// <summary>The type that the target computes in.</summary>
    [ComesFrom("target.dtype")]
    public required Dtype Dtype { get; init; }

    /// <inheritdoc cref="RegenerationSettings.MaxNewTokens"/>
    [ComesFrom("regenerate.maxNewTokens")]
    public required int MaxNewTokens { get; init; }

    /// <summary>How words are drawn; null: the best.</summary>
    [ComesFrom("regenerate")]
    public AnswerSampling? Sampling { get; init; }

    /// <inheritdoc cref="RegenerationSettings.PromptsAtOnce"/>
    [ComesFrom("regenerate.promptsAtOnce")]
    public required int PromptsAtOnce { get; init; }

    /// <inheritdoc cref="DataSettings.OnBadRow"/>
    [ComesFrom("data.onBadRow")]
    public required OnBadRow OnBadRow { get; init; }
}

/// <summary>Answers of the target itself, asked of servers that have it.</summary>
public sealed record AskSettings
{
    /// <inheritdoc cref="RegenerationSettings.Model"/>
    [ComesFrom("regenerate.model")]
    public required string Model { get; init; }

    /// <inheritdoc cref="RegenerationSettings.MaxNewTokens"/>
    [ComesFrom("regenerate.maxNewTokens")]
    public required int MaxNewTokens { get; init; }

    /// <summary>How words are drawn; null: the best.</summary>
    [ComesFrom("regenerate")]
    public AnswerSampling? Sampling { get; init; }

    /// <inheritdoc cref="DataSettings.OnBadRow"/>
    [ComesFrom("data.onBadRow")]
    public required OnBadRow OnBadRow { get; init; }

    /// <inheritdoc cref="RegenerationSettings.Servers"/>
    [ComesFrom("regenerate.servers")]
    [Incidental]
    public required IReadOnlyList<string> Servers { get; init; }

    /// <inheritdoc cref="RegenerationSettings.Concurrency"/>
    [ComesFrom("regenerate.concurrency")]
    [Incidental]
    public required int Concurrency { get; init; }

    /// <inheritdoc cref="RegenerationSettings.Retries"/>
    [ComesFrom("regenerate.retries")]
    [Incidental]
    public required int Retries { get; init; }

    /// <inheritdoc cref="RegenerationSettings.TimeoutSeconds"/>
    [ComesFrom("regenerate.timeoutSeconds")]
    [Incidental]
    public required int TimeoutSeconds { get; init; }
}

/// <summary>How the words of answers are drawn.</summary>
public sealed record AnswerSampling
{
    /// <inheritdoc cref="RegenerationSettings.Temperature"/>
    public required double Temperature { get; init; }

    /// <inheritdoc cref="RegenerationSettings.TopK"/>
    public required int? TopK { get; init; }

    /// <inheritdoc cref="RegenerationSettings.TopP"/>
    public required double TopP { get; init; }

    /// <inheritdoc cref="RegenerationSettings.Seed"/>
    public required int Seed { get; init; }
}

/// <summary>What <c>regenerate</c> and <c>ask</c> read: the target, and the conversations that the user brought. Servers are taken to have the same target.</summary>
public sealed record RegenerateInputs(TargetFolder Target, IReadOnlyList<SourceFile> Train, IReadOnlyList<SourceFile> Heldout);
