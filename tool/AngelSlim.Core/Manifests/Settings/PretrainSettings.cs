using System.ComponentModel.DataAnnotations;

namespace AngelSlim.Core.Manifests.Settings;

/// <summary>A small Qwen3 target that the tool trains itself on a synthetic corpus, and then lets answer prompts.</summary>
[ComesFrom("target.pretrain")]
public sealed record PretrainSettings
{
    /// <summary>Decoder layers, 4 to 64. Speculation pays by depth: a draft is one layer.</summary>
    [Range(4, 64)]
    public int Layers { get; init; } = 12;

    /// <summary>Hidden width, 16 to 1024.</summary>
    [Range(16, 1024)]
    public int HiddenSize { get; init; } = 128;

    /// <summary>Width between the two halves of the MLP, 16 to 8192.</summary>
    [Range(16, 8192)]
    public int IntermediateSize { get; init; } = 352;

    /// <summary>Query heads, 1 to 64; a multiple of <see cref="KeyHeads"/>.</summary>
    [Range(1, 64)]
    public int Heads { get; init; } = 4;

    /// <summary>Key and value heads, 1 to 64.</summary>
    [Range(1, 64)]
    public int KeyHeads { get; init; } = 2;

    /// <summary>Width of a head, 8 to 256; even.</summary>
    [Range(8, 256)]
    public int HeadSize { get; init; } = 32;

    /// <summary>Tokens of the vocabulary, special ones included, 300 to 65536; fewer are made when no pair of tokens is left to merge.</summary>
    [Range(300, 65_536)]
    public int Vocabulary { get; init; } = 1024;

    /// <summary>Optimiser steps. A budget in steps, not in time: the bytes must not depend on the clock.</summary>
    [Range(1, 10_000_000)]
    public int Steps { get; init; } = 4000;

    /// <summary>Conversations per optimiser step, 1 to 1024. Copying a name from the prompt takes many steps rather than many tokens.</summary>
    [Range(1, 1024)]
    public int BatchRows { get; init; } = 4;

    /// <summary>Peak learning rate, reached after a twentieth of the steps; a cosine takes it to a twentieth of the peak.</summary>
    [Range(1e-8, 1.0)]
    public double LearningRate { get; init; } = 3e-3;

    /// <summary>Conversations that the trained target answers for <c>train.jsonl</c>, 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int Conversations { get; init; } = 700;

    /// <summary>Prompts for <c>prompts.jsonl</c>, 1 to 10,000; none of them is in <c>train.jsonl</c>.</summary>
    [Range(1, 10_000)]
    public int Prompts { get; init; } = 32;

    /// <summary>Tokens at which an answer is cut off, 1 to 1024.</summary>
    [Range(1, 1024)]
    public int MaxNewTokens { get; init; } = 160;

    /// <summary>Seeds corpus and weights.</summary>
    [Range(0, int.MaxValue)]
    public int Seed { get; init; } = 1;

    /// <summary>Steps between checkpoints; a killed run goes on from the last. Does not change the result.</summary>
    [Incidental]
    [Range(1, 10_000_000)]
    public int CheckpointEvery { get; init; } = 200;
}
