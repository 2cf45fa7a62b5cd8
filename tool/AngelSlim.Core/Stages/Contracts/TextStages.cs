using AngelSlim.Core.Artifacts;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;

namespace AngelSlim.Core.Stages.Contracts;

/// <summary>Conversations to token rows with exact loss masks.</summary>
public sealed record TokenizeSettings
{
    /// <inheritdoc cref="DataSettings.MaxTokens"/>
    [ComesFrom("data.maxTokens")]
    public required int MaxTokens { get; init; }

    /// <inheritdoc cref="DataSettings.HeldoutShare"/>
    [ComesFrom("data.heldoutShare")]
    public required double HeldoutShare { get; init; }

    /// <inheritdoc cref="DataSettings.Rows"/>
    [ComesFrom("data.rows")]
    public required RowsPer Rows { get; init; }

    /// <inheritdoc cref="DataSettings.Mask"/>
    [ComesFrom("data.mask")]
    public required LossMask Mask { get; init; }

    /// <inheritdoc cref="DataSettings.OnBadRow"/>
    [ComesFrom("data.onBadRow")]
    public required OnBadRow OnBadRow { get; init; }
}

/// <summary>What <c>tokenize</c> reads: tokenizer, template and end tokens of the target, and the files of conversations; where their answers were written anew, those.</summary>
public sealed record TokenizeInputs(TargetFolder Target, IReadOnlyList<SourceFile> Train, IReadOnlyList<SourceFile> Heldout, Conversations? Regenerated = null);

/// <summary>The most frequent words of the answers.</summary>
public sealed record VocabularySettings
{
    /// <inheritdoc cref="DraftSettings.Vocabulary"/>
    [ComesFrom("draft.vocabulary")]
    public required int? Size { get; init; }
}

/// <summary>What <c>vocabulary</c> reads: the training rows, and the target's config for the size of its vocabulary.</summary>
public sealed record VocabularyInputs(TargetFolder Target, TokenRows Rows);
