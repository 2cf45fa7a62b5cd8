using System.Globalization;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Settings;

namespace AngelSlim.Core.Text;

/// <summary>Makes token rows of conversations.</summary>
internal sealed class ConversationTokens(ChatTemplate template, Tokenizer tokenizer, IReadOnlySet<int> stopTokens, LossMask mask = LossMask.Exact)
{
    private readonly ExactMask _mask = new(template, tokenizer, stopTokens);
    private readonly GenerationMask _generated = new(template, tokenizer);

    /// <summary>Where the chat template stands.</summary>
    public string TemplateFile => template.File;

    /// <summary>Loads template, tokenizer and end tokens of a target.</summary>
    public static ConversationTokens Load(string folder, TimeProvider clock, LossMask mask = LossMask.Exact) =>
        new(ChatTemplate.Load(folder, clock), Tokenizer.Load(folder), StopTokens.Load(folder), mask);

    /// <summary>A conversation as one row, whole.</summary>
    /// <exception cref="DataException">No mask can be made, or the tokens do not fit the text.</exception>
    public TokenRow Tokenize(Conversation conversation, string id) => Row(conversation, _mask.Find(conversation), id);

    /// <summary>The rows of a conversation, whole; none where nothing was answered.</summary>
    /// <param name="conversation">What was said.</param>
    /// <param name="id">Name of the row; rows of single answers have the answer's number behind it.</param>
    /// <param name="rows">One row, or one for each answer.</param>
    /// <exception cref="DataException">No mask can be made, or the tokens do not fit the text.</exception>
    public IReadOnlyList<TokenRow> Rows(Conversation conversation, string id, RowsPer rows) => rows switch
    {
        _ when conversation.Answers.Count is 0 => [],
        _ when mask is LossMask.Generation => [_generated.Row(conversation, id)],
        RowsPer.Conversation => [Tokenize(conversation, id)],
        RowsPer.Auto when _mask.FindInOne(conversation) is { } whole && HasPlaces(conversation, whole) => [Row(conversation, whole, id)],
        _ =>
        [
            .. conversation.Answers.Select((message, index) =>
                Row(conversation.UpTo(message), _mask.FindTurn(conversation, message), string.Create(CultureInfo.InvariantCulture, $"{id}-turn{index + 1}"))),
        ],
    };

    /// <summary>Whether the tokens that the target produced, where they are known, have their places in the text.</summary>
    private static bool HasPlaces(Conversation conversation, MaskedText text) =>
        text.Answers.All(answer => answer.Behind is not null || conversation.OriginOf(answer.Message).Tokens is null);

    /// <remarks>
    /// Tokens that the target produced itself stand in the row as they are, and all of them count: tokenizing the text again would
    /// give others wherever an answer was cut inside a character or the target chose another segmentation. What stands
    /// between answers is tokenized from the template's text, piece by piece; a piece begins behind an end token, which no merge
    /// crosses, and ends where the prompt ends, as it did when the target answered. An answer that was cut by its length has no end
    /// token: the one that the template writes behind it stays in the row, as the next turn's history, and does not count.
    /// </remarks>
    private TokenRow Row(Conversation conversation, MaskedText masked, string id)
    {
        if (masked.Answers.All(answer => conversation.OriginOf(answer.Message) is { Tokens: null, IsCut: false }))
        {
            return new TokenRow(id, masked.Tokens.Ids, masked.Mask());
        }

        var row = new Assembly();
        var position = 0;
        foreach (var answer in masked.Answers)
        {
            var origin = conversation.OriginOf(answer.Message);
            if (origin.Tokens is not { } produced)
            {
                // A token that straddles the prompt's end is not counted, but its characters stand in the text.
                var begin = answer.End > answer.First ? masked.Tokens.Spans[answer.First].Start : answer.Start;
                row.Add(tokenizer.Encode(masked.Text[position..begin]).Ids, counts: false);
                row.Add(masked.Tokens.Ids.AsSpan(answer.First..answer.End), counts: true, but: origin.IsCut && answer.Stopped ? 1 : 0);
                position = answer.End > answer.First ? masked.Tokens.Spans[answer.End - 1].End : begin;
                continue;
            }

            row.Add(tokenizer.Encode(masked.Text[position..answer.Start]).Ids, counts: false);
            Check(conversation, answer, produced);
            var (end, stop) = EndOf(conversation, masked, answer);
            var stopped = produced.Length > 0 && stopTokens.Contains(produced[^1]);
            row.Add(produced, counts: true);
            row.Add(stopped || stop is null ? [] : [stop.Value], counts: false);
            position = end;
        }

        row.Add(tokenizer.Encode(masked.Text[position..]).Ids, counts: false);
        return row.Row(id);
    }

    /// <summary>
    /// Where an answer ends in the text: behind the last end token of what its message adds. (The exact mask ends at the first;
    /// they differ when the answer spells out an end token.)
    /// </summary>
    private (int Position, int? Stop) EndOf(Conversation conversation, MaskedText masked, AnswerSpan answer)
    {
        if (answer.Behind is not { } position)
        {
            throw BadRow.At(conversation.Place, $"the chat template rewrites message {answer.Message} when more follows, so the tokens of its answer have no place");
        }

        var (tokens, spans) = (masked.Tokens.Ids, masked.Tokens.Spans);
        var behind = answer.First;
        while (behind < tokens.Length && spans[behind].Start < position)
        {
            behind++;
        }

        var last = behind - 1;
        while (last >= answer.First && !stopTokens.Contains(tokens[last]))
        {
            last--;
        }

        return last >= answer.First ? (spans[last].End, tokens[last]) : (position, null);
    }

    private void Check(Conversation conversation, AnswerSpan answer, int[] produced)
    {
        if (ProducedTokens.Fault(tokenizer, stopTokens, produced, conversation.Messages[answer.Message].Content, $"of message {answer.Message}") is { } fault)
        {
            throw BadRow.At(conversation.Place, fault);
        }
    }

    private sealed class Assembly
    {
        private readonly List<int> _ids = [];
        private readonly List<bool> _mask = [];

        /// <param name="ids">The next tokens.</param>
        /// <param name="counts">Whether they count.</param>
        /// <param name="but">So many at the end do not.</param>
        public void Add(ReadOnlySpan<int> ids, bool counts, int but = 0)
        {
            _ids.AddRange(ids);
            _mask.AddRange(Enumerable.Repeat(counts, ids.Length - but));
            _mask.AddRange(Enumerable.Repeat(false, but));
        }

        public TokenRow Row(string id) => new(id, [.. _ids], [.. _mask]);
    }
}
