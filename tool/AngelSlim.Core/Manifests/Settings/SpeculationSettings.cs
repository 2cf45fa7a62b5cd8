using System.ComponentModel.DataAnnotations;

namespace AngelSlim.Core.Manifests.Settings;

/// <summary>How the draft is used.</summary>
public sealed record SpeculationSettings
{
    /// <summary>Numbers of speculative tokens to measure, 1 to 16 each; a server's <c>num_speculative_tokens</c>. The launch commands name the first.</summary>
    [MinLength(1)]
    [EachInRange(1, 16)]
    [Distinct]
    [Example("[1, 2, 4, 8]")]
    public IReadOnlyList<int> Tokens { get; init; } = [2, 4];
}

/// <summary>What the draft is measured on.</summary>
public sealed record EvaluationSettings
{
    /// <summary>JSONL files of prompts (<c>turns</c>, <c>messages</c> or <c>prompt</c>), relative to the manifest; none: the held-out rows' first questions.</summary>
    [Distinct]
    [Example("[\"data/gsm8k.jsonl\", \"data/alpaca.jsonl\"]")]
    public IReadOnlyList<string> Prompts { get; init; } = [];

    /// <summary>Prompts taken from each file, from its start, 1 to 100000.</summary>
    [Range(1, 100_000)]
    public int PromptsPerFile { get; init; } = 80;

    /// <summary>New tokens per prompt, 1 to 131072.</summary>
    [Range(1, 131_072)]
    public int MaxNewTokens { get; init; } = 128;
}
