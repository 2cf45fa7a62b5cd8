using System.Text.Json;

namespace AngelSlim.Core.Stages.Regeneration;

/// <summary>What came of the rows: <c>summary.json</c> of <see cref="Artifacts.Conversations"/>. Holds no clock, so equal runs give equal bytes.</summary>
public sealed record RegenerationSummary
{
    /// <summary>Rows with answers, those of held-out files included.</summary>
    public int Rows { get; init; }

    /// <summary>Rows that were left out: nothing is asked in them, or they were refused.</summary>
    public int LeftOut { get; init; }

    /// <summary>Answers in all rows.</summary>
    public int Answers { get; init; }

    /// <summary>Answers that came to the limit of their length, and have no end token.</summary>
    public int Cut { get; init; }

    /// <summary>Answers whose tokens are known as the target produced them.</summary>
    public int WithTokens { get; init; }

    /// <summary>Answers before which a server read other tokens than the target's own files make of the messages.</summary>
    public int OtherPrompts { get; init; }

    /// <summary>Tokens of all answers; those of which nobody says how many they have are not in it.</summary>
    public long Tokens { get; init; }

    /// <summary>The same with one row more.</summary>
    /// <param name="line">As <see cref="RowLine"/> wrote it.</param>
    internal RegenerationSummary With(ReadOnlyMemory<byte> line)
    {
        using var row = JsonDocument.Parse(line);
        var sum = this with { Rows = Rows + 1 };
        foreach (var turn in row.RootElement.GetProperty("turns").EnumerateArray())
        {
            var known = turn.TryGetProperty("token_ids", out var ids);
            sum = sum with
            {
                Answers = sum.Answers + 1,
                Cut = sum.Cut + (turn.GetProperty("finish_reason").ValueEquals("length"u8) ? 1 : 0),
                WithTokens = sum.WithTokens + (known ? 1 : 0),
                OtherPrompts = sum.OtherPrompts + (turn.TryGetProperty("prompt_token_ids", out _) ? 1 : 0),
                Tokens = sum.Tokens + (known ? ids.GetArrayLength() : turn.TryGetProperty("completion_tokens", out var tokens) ? tokens.GetInt32() : 0),
            };
        }

        return sum;
    }
}
