using System.ComponentModel.DataAnnotations;

namespace AngelSlim.Core.Manifests.Settings;

/// <summary>The target writes the answers of the conversations anew, so that the draft learns the target's own words.</summary>
public sealed record RegenerationSettings
{
    /// <summary>What computes the answers.</summary>
    public AnswerEngine Engine { get; init; } = AnswerEngine.Builtin;

    /// <summary>Base addresses of servers that have the target, for <c>openai</c>: as clients of OpenAI take them, with or without <c>/v1</c>. A row goes to the first that has a free place.</summary>
    [Distinct]
    [Incidental]
    [Example("[\"http://localhost:8000/v1\", \"http://localhost:8001/v1\"]")]
    public IReadOnlyList<string> Servers { get; init; } = [];

    /// <summary>What the servers call the target; none: its hub id, or the name of its folder.</summary>
    [Example("\"Qwen/Qwen3-0.6B\"")]
    public string? Model { get; init; }

    /// <summary>What the target's scores are divided by before a word is drawn, 0 to 100; 0: always the best word.</summary>
    [Range(0.0, 100.0)]
    public double Temperature { get; init; }

    /// <summary>Words are drawn among so many best only; none: among all.</summary>
    [Range(1, 10_000_000)]
    public int? TopK { get; init; }

    /// <summary>Words are drawn among the best only, up to the one with which their probabilities reach this; judged after <c>topK</c>.</summary>
    [Range(1e-6, 1.0)]
    public double TopP { get; init; } = 1;

    /// <summary>New tokens of each answer, 1 to 131072; an answer that is cut there has no end token, and none is trained on.</summary>
    [Range(1, 131_072)]
    public int MaxNewTokens { get; init; } = 1024;

    /// <summary>Of what is drawn: every row has a seed of its own, made of this one and of what it asks.</summary>
    [Range(0, int.MaxValue)]
    public int Seed { get; init; } = 42;

    /// <summary>Rows that the built-in engine answers at once, 1 to 256.</summary>
    [Range(1, 256)]
    public int PromptsAtOnce { get; init; } = 16;

    /// <summary>Rows that each server has at once, 1 to 4096.</summary>
    [Range(1, 4096)]
    [Incidental]
    public int Concurrency { get; init; } = 32;

    /// <summary>How often a server is asked again, after growing pauses, before it is left out, 0 to 100.</summary>
    [Range(0, 100)]
    [Incidental]
    public int Retries { get; init; } = 6;

    /// <summary>Seconds that one answer may take, 1 to 86400; it comes as a whole, so long answers of busy servers take long.</summary>
    [Range(1, 86_400)]
    [Incidental]
    public int TimeoutSeconds { get; init; } = 600;
}

/// <summary>What computes the answers.</summary>
public enum AnswerEngine
{
    /// <summary>The target in this process, as training and evaluation have it.</summary>
    Builtin,

    /// <summary>Servers with OpenAI's chat completions: vLLM, SGLang and others.</summary>
    Openai,
}
