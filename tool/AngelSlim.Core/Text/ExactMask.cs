using AngelSlim.Core.Manifests;

namespace AngelSlim.Core.Text;

/// <summary>An answer in the tokens of a whole conversation: those in <c>[First, End)</c> are what the target would generate.</summary>
/// <param name="Message">Index of the message.</param>
/// <param name="Start">Where its prompt ends in the text, in UTF-16 units.</param>
/// <param name="First">Its first token.</param>
/// <param name="End">One behind its last.</param>
/// <param name="Stopped">Whether that last token is an end token.</param>
internal readonly record struct AnswerSpan(int Message, int Start, int First, int End, bool Stopped);

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
    /// <exception cref="DataException">The template rewrites what stood before an answer, so that no one text holds all prompts.</exception>
    public MaskedText Find(Conversation conversation)
    {
        var text = template.Render(conversation.Messages, conversation.Arguments);
        var tokens = tokenizer.Encode(text);
        var whole = new Whole(conversation, text, tokens);
        (int Message, int Start, int First)[] starts =
        [
            .. Enumerable.Range(1, conversation.Messages.Count - 1).Where(index => conversation.Messages[index].IsAnswer).Select(index => Begin(whole, index)),
        ];
        var answers = new AnswerSpan[starts.Length];
        for (var index = 0; index < starts.Length; index++)
        {
            var next = index + 1 < starts.Length ? starts[index + 1].Start : text.Length;
            answers[index] = End(whole, starts[index], next);
        }

        return new MaskedText(text, tokens, answers);
    }

    private (int Message, int Start, int First) Begin(Whole whole, int index)
    {
        var before = whole.Conversation.Messages.Take(index).ToArray();
        var prompt = template.RenderPrompt(before, whole.Conversation.Arguments);
        if (whole.Text.StartsWith(prompt, StringComparison.Ordinal))
        {
            return (index, prompt.Length, whole.FirstTokenFrom(prompt.Length));
        }

        var history = template.Render(before, whole.Conversation.Arguments);
        var first = tokenizer.Encode(prompt).Ids.AsSpan().CommonPrefixLength(whole.Tokens.Ids);
        var start = first < whole.Tokens.Ids.Length ? whole.Tokens.Spans[first].Start : whole.Text.Length;
        return whole.Text.StartsWith(history, StringComparison.Ordinal) && start >= history.Length
            ? (index, start, first)
            : throw BadRow.At(whole.Conversation.Place, $"the chat template rewrites what stands before message {index} when more follows, so its prompt is not in the whole text");
    }

    private AnswerSpan End(Whole whole, (int Message, int Start, int First) start, int next)
    {
        var upTo = template.Render(whole.Conversation.Messages.Take(start.Message + 1), whole.Conversation.Arguments);
        var limit = whole.Text.StartsWith(upTo, StringComparison.Ordinal) ? Math.Min(next, upTo.Length) : next;
        var end = start.First;
        while (end < whole.Tokens.Ids.Length && whole.Tokens.Spans[end].Start < limit)
        {
            end++;
            if (stopTokens.Contains(whole.Tokens.Ids[end - 1]))
            {
                return new AnswerSpan(start.Message, start.Start, start.First, end, Stopped: true);
            }
        }

        return new AnswerSpan(start.Message, start.Start, start.First, end, Stopped: false);
    }

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
