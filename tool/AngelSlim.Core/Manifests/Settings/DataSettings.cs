using System.ComponentModel.DataAnnotations;

namespace AngelSlim.Core.Manifests.Settings;

/// <summary>What the draft learns from.</summary>
public sealed record DataSettings
{
    /// <summary>Files of conversations, relative to the manifest: JSONL, one JSON list, or Parquet, of OpenAI <c>messages</c>, ShareGPT or AngelSlim <c>conversations</c>, or UltraChat <c>data</c>.</summary>
    [MinLength(1)]
    [Distinct]
    [Example("[\"data/train.jsonl\"]")]
    public required IReadOnlyList<string> Train { get; init; }

    /// <summary>Files of conversations, in the same forms, for the held-out figures; none: <see cref="HeldoutShare"/> of the training rows is put aside.</summary>
    [Distinct]
    public IReadOnlyList<string> Heldout { get; init; } = [];

    /// <summary>Share of the training conversations put aside, chosen by the digest of their text, 0 to 0.5; not used when held-out files are named.</summary>
    [Range(0.0, 0.5)]
    public double HeldoutShare { get; init; } = 0.05;

    /// <summary>Longer rows are cut, 16 to 131072 tokens; at the target's positions where those are fewer.</summary>
    [Range(16, 131072)]
    public int MaxTokens { get; init; } = 2048;

    /// <summary>What one row of training is: a conversation, or one of its answers with what stood before it.</summary>
    public RowsPer Rows { get; init; } = RowsPer.Auto;

    /// <summary>Which tokens of a row count in training.</summary>
    public LossMask Mask { get; init; } = LossMask.Exact;

    /// <summary>What a row that cannot be read does.</summary>
    public OnBadRow OnBadRow { get; init; } = OnBadRow.Stop;
}

/// <summary>What a row that cannot be read does.</summary>
public enum OnBadRow
{
    /// <summary>Ends the stage; the message has file and line.</summary>
    Stop,

    /// <summary>Is left out, counted and logged.</summary>
    Skip,
}

/// <summary>What one row of training is.</summary>
public enum RowsPer
{
    /// <summary>A conversation, where its one text counts what the target would have generated turn by turn; else an answer. Qwen3 drops the thinking of earlier turns: their answers get rows of their own.</summary>
    Auto,

    /// <summary>A conversation. One that the template rewrites so that a prompt is not in its text cannot be used.</summary>
    Conversation,

    /// <summary>An answer, with all that stood before it.</summary>
    Turn,
}

/// <summary>Which tokens of a row count in training.</summary>
public enum LossMask
{
    /// <summary>What the target would generate: an answer's content and its end token, found by the prompts that the chat template renders.</summary>
    Exact,

    /// <summary>What the chat template marks with <c>{% generation %}</c>, as transformers' assistant mask does. A conversation is one row.</summary>
    Generation,
}
