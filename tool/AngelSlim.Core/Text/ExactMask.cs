using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Text;

/// <summary>An answer in the tokens of a whole conversation: those in <c>[First, End)</c> are what the target would generate.</summary>
/// <param name="Message">Index of the message.</param>
/// <param name="Start">Where its prompt ends in the text, in UTF-16 units.</param>
/// <param name="First">Its first token.</param>
/// <param name="End">One behind its last.</param>
/// <param name="Stopped">Whether that last token is an end token.</param>
internal readonly record struct AnswerSpan(int Message, int Start, int First, int End, bool Stopped)
{
    /// <summary>
    /// Where the message ends in the text: what the template renders up to it is the beginning of the whole, and so is its prompt.
    /// Null where the template writes it otherwise when more follows.
    /// </summary>
    public int? Behind { get; init; }

    /// <summary>Whether the text up to this message has the same tokens up to <see cref="End"/>, and the same of them count.</summary>
    public bool SameAlone { get; init; }
}

/// <summary>A conversation as tokens, with its answers.</summary>
/// <param name="Text">The rendered conversation.</param>
/// <param name="Tokens">Its tokens; no BOS but what the template writes.</param>
/// <param name="Answers">In order.</param>
internal sealed record MaskedText(string Text, TokenizedText Tokens, IReadOnlyList<AnswerSpan> Answers)
{
    /// <summary>True for tokens that count.</summary>
    public bool[] Mask()
    {
        var mask = new bool[Tokens.Ids.Length];
        foreach (var answer in Answers)
        {
            mask.AsSpan(answer.First, answer.End - answer.First).Fill(true);
        }

        return mask;
    }
}

/// <summary>
/// Finds the tokens that the target would generate: an assistant message's content and its end token; not the header, not
/// what the template writes behind the end token.
/// </summary>
/// <remarks>
/// The prompt of an answer is what the template renders for the messages before it with a generation prompt. An answer begins
/// where that prompt ends, at the first token that begins there: a token that straddles the place is never generated. A
/// prompt that is no prefix of the whole (a scaffold for thinking, which finished turns lack) begins the answer where its
/// tokens part from the whole's. It ends with the first end token. A message at index 0 has no prompt and does not count.
/// </remarks>
internal sealed class ExactMask(ChatTemplate template, Tokenizer tokenizer, IReadOnlySet<int> stopTokens)
{
    /// <summary>All answers of a conversation in one text.</summary>
    /// <exception cref="DataException">The template rewrites what stood before an answer, so that no one text holds all prompts.</exception>
    public MaskedText Find(Conversation conversation) => Find(conversation, conversation.Answers, out var message)
        ?? throw BadRow.At(conversation.Place, $"the chat template rewrites what stands before message {message} when more follows, so its prompt is not in the whole text");

    /// <summary>All answers in one text, if it counts, answer by answer, what the texts that end with each of them count; else null.</summary>
    public MaskedText? FindInOne(Conversation conversation) =>
        Find(conversation, conversation.Answers, out _) is { } whole && whole.Answers.All(answer => answer.SameAlone) ? whole : null;

    /// <summary>The text that ends with an answer, in which only that answer counts.</summary>
    /// <param name="conversation">What was said.</param>
    /// <param name="message">Index of the answer, from 1.</param>
    /// <exception cref="DataException">The template rewrites what stood before the answer, so that its prompt is not in the text.</exception>
    public MaskedText FindTurn(Conversation conversation, int message) => Find(conversation.UpTo(message), [message], out _)
        ?? throw BadRow.At(conversation.Place, $"the chat template rewrites what stands before message {message} once it is answered, so its prompt is not in the text");

    private MaskedText? Find(Conversation conversation, IReadOnlyList<int> messages, out int unstable)
    {
        var text = template.Render(conversation.Messages, conversation.Arguments);
        var whole = new Whole(conversation, text, tokenizer.Encode(text));
        var starts = new List<(Turn Turn, int Start, int First)>();
        foreach (var message in messages)
        {
            if (Begin(whole, new Turn(message, template.RenderPrompt(conversation.Messages.Take(message), conversation.Arguments))) is not { } start)
            {
                unstable = message;
                return null;
            }

            starts.Add(start);
        }

        unstable = 0;
        return new MaskedText(text, whole.Tokens, [.. starts.Select((start, index) => End(whole, start, index + 1 < starts.Count ? starts[index + 1].Start : text.Length))]);
    }

    private (Turn Turn, int Start, int First)? Begin(Whole whole, Turn turn)
    {
        if (whole.Text.StartsWith(turn.Prompt, StringComparison.Ordinal))
        {
            return (turn, turn.Prompt.Length, whole.FirstTokenFrom(turn.Prompt.Length));
        }

        var history = template.Render(whole.Conversation.Messages.Take(turn.Message), whole.Conversation.Arguments);
        var first = tokenizer.Encode(turn.Prompt).Ids.AsSpan().CommonPrefixLength(whole.Tokens.Ids);
        var start = first < whole.Tokens.Ids.Length ? whole.Tokens.Spans[first].Start : whole.Text.Length;
        return whole.Text.StartsWith(history, StringComparison.Ordinal) && start >= history.Length ? (turn, start, first) : null;
    }

    private AnswerSpan End(Whole whole, (Turn Turn, int Start, int First) start, int next)
    {
        var upTo = template.Render(whole.Conversation.Messages.Take(start.Turn.Message + 1), whole.Conversation.Arguments);
        var isPart = whole.Text.StartsWith(upTo, StringComparison.Ordinal);
        var (end, stopped) = EndOf(whole.Tokens, start.First, isPart ? Math.Min(next, upTo.Length) : next);
        return new AnswerSpan(start.Turn.Message, start.Start, start.First, end, stopped)
        {
            Behind = isPart && start.Start == start.Turn.Prompt.Length ? upTo.Length : null,
            SameAlone = (isPart && (upTo.Length == whole.Text.Length || (stopped && IsBorder(whole.Tokens, end - 1, upTo.Length)))) || IsSameAlone(whole, start, end, upTo),
        };
    }

    private (int End, bool Stopped) EndOf(TokenizedText tokens, int first, int limit)
    {
        var end = first;
        while (end < tokens.Ids.Length && tokens.Spans[end].Start < limit)
        {
            end++;
            if (stopTokens.Contains(tokens.Ids[end - 1]))
            {
                return (end, true);
            }
        }

        return (end, false);
    }

    /// <summary>Whether the tokens up to this one are the same however the text goes on behind <paramref name="position"/>.</summary>
    private bool IsBorder(TokenizedText tokens, int index, int position) => tokenizer.IsBorder(tokens.Ids[index]) && tokens.Spans[index].End <= position;

    private bool IsSameAlone(Whole whole, (Turn Turn, int Start, int First) start, int end, string upTo)
    {
        var alone = new Whole(whole.Conversation, upTo, tokenizer.Encode(upTo));
        return Begin(alone, start.Turn) is { } begin && begin.First == start.First
            && EndOf(alone.Tokens, begin.First, upTo.Length).End == end
            && alone.Tokens.Ids.AsSpan(0, end).SequenceEqual(whole.Tokens.Ids.AsSpan(0, end));
    }

    /// <param name="Message">Index of an answer.</param>
    /// <param name="Prompt">What the target reads before it.</param>
    private sealed record Turn(int Message, string Prompt);

    private sealed record Whole(Conversation Conversation, string Text, TokenizedText Tokens)
    {
        public int FirstTokenFrom(int position)
        {
            var first = 0;
            while (first < Tokens.Spans.Length && Tokens.Spans[first].Start < position)
            {
                first++;
            }

            return first;
        }
    }
}
