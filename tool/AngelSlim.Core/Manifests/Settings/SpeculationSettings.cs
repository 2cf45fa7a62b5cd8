using System.ComponentModel.DataAnnotations;

namespace AngelSlim.Core.Manifests.Settings;

/// <summary>How the draft is used.</summary>
public sealed record SpeculationSettings
{
    /// <summary>What the evaluation with a tree is called where others are called by their number of tokens.</summary>
    internal const string TreeLabel = "tree";

    /// <summary>Numbers of speculative tokens to measure, 1 to 16 each; a server's <c>num_speculative_tokens</c>. The launch commands name the first.</summary>
    [MinLength(1)]
    [EachInRange(1, 16)]
    [Distinct]
    [Example("[1, 2, 4, 8]")]
    public IReadOnlyList<int> Tokens { get; init; } = [2, 4];

    /// <summary>A tree of drafts that is measured beside the chains; none: chains only.</summary>
    public TreeSettings? Tree { get; init; }

    /// <summary>How the draft chooses what it proposes when the target's words are drawn (<c>evaluation.temperature</c> over 0); vLLM's <c>draft_sample_method</c>.</summary>
    public Drafting Drafting { get; init; } = Drafting.Greedy;
}

/// <summary>A tree that grows by what the draft finds likely (EAGLE-2), and is read by the target in one step.</summary>
public sealed record TreeSettings
{
    /// <summary>Drafted tokens of a round, 1 to 256: the likeliest of all that were looked at. EAGLE's <c>total_token</c> and SGLang's <c>num_draft_tokens</c> are one more.</summary>
    [Range(1, 256)]
    public int Tokens { get; init; } = 15;

    /// <summary>Levels, 1 to 16: the longest path. SGLang's <c>num_steps</c>; EAGLE's <c>depth</c> is one less.</summary>
    [Range(1, 16)]
    public int Depth { get; init; } = 4;

    /// <summary>Words that are looked at behind each word, and words of a level that are read on, 1 to 64. SGLang's <c>eagle_topk</c>.</summary>
    [Range(1, 64)]
    public int TopK { get; init; } = 4;
}

/// <summary>How a draft chooses what it proposes.</summary>
public enum Drafting
{
    /// <summary>Its best words, as servers do unless told otherwise.</summary>
    Greedy,

    /// <summary>Words drawn by its own probabilities, with the target's temperature, top-k and top-p.</summary>
    Sampled,
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

    /// <summary>Prompts that are decoded at once, 1 to 256; where texts are compared they stay as they are alone, but for rounding.</summary>
    [Range(1, 256)]
    public int PromptsAtOnce { get; init; } = 1;

    /// <summary>Strings before which an answer ends, beside the target's own end tokens.</summary>
    [Distinct]
    [Example("[\"\\nQuestion:\"]")]
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>What the target's scores are divided by before a word is drawn, 0 to 100; 0: always the best word.</summary>
    [Range(0.0, 100.0)]
    public double Temperature { get; init; }

    /// <summary>Words are drawn among so many best only, and those that score as the last of them; none: among all.</summary>
    [Range(1, 10_000_000)]
    public int? TopK { get; init; }

    /// <summary>Words are drawn among the best only, up to the one with which their probabilities reach this; judged after <c>topK</c>.</summary>
    [Range(1e-6, 1.0)]
    public double TopP { get; init; } = 1;

    /// <summary>Of what is drawn: with it and a prompt's name a text is settled.</summary>
    [Range(0, int.MaxValue)]
    public int Seed { get; init; } = 42;
}
