using AngelSlim.Core.Text;

namespace AngelSlim.Torch.Pretraining;

/// <summary>Conversations as the chat template of <see cref="TargetDescription"/> renders them, in tokens.</summary>
internal sealed class RowEncoder(Tokenizer tokenizer)
{
    /// <summary>A whole conversation; answers and the tokens that end them are to be learnt.</summary>
    public PretrainRow Encode(CorpusConversation conversation)
    {
        var (ids, answered) = (new List<int>(), new List<bool>());
        for (var turn = 0; turn < conversation.Turns.Count; turn += 2)
        {
            Add(Question(conversation.Turns[turn], turn is 0), learnt: false);
            Add(tokenizer.Encode(conversation.Turns[turn + 1] + TargetDescription.EndOfTurn).Ids, learnt: true);
        }

        return new(ids, answered);

        void Add(IReadOnlyCollection<int> tokens, bool learnt)
        {
            ids.AddRange(tokens);
            answered.AddRange(Enumerable.Repeat(learnt, tokens.Count));
        }
    }

    /// <summary>What stands before an answer, from behind the token that ended the answer before it.</summary>
    /// <param name="question">The user's words.</param>
    /// <param name="first">No answer came before.</param>
    public IReadOnlyList<int> Question(string question, bool first) => tokenizer.Encode(
        $"{(first ? "" : "\n")}{TargetDescription.StartOfTurn}user\n{question}{TargetDescription.EndOfTurn}\n{TargetDescription.StartOfTurn}assistant\n").Ids;
}
