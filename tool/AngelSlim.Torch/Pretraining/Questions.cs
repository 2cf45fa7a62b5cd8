namespace AngelSlim.Torch.Pretraining;

/// <summary>What the trained target is asked: prompts to judge drafts by, and questions to train them on. No two ask the same.</summary>
/// <param name="Prompts">Drawn first; never asked in training a draft.</param>
/// <param name="Training">Everything else.</param>
internal sealed record Questions(IReadOnlyList<CorpusConversation> Prompts, IReadOnlyList<CorpusConversation> Training)
{
    /// <summary>Draws until both lists are full, leaving out what was asked before.</summary>
    public static Questions Draw(Corpus corpus, int prompts, int training)
    {
        var asked = new HashSet<string>(StringComparer.Ordinal);
        var drawn = new List<CorpusConversation>(prompts + training);
        while (drawn.Count < prompts + training)
        {
            var conversation = corpus.Next();
            if (asked.Add(string.Join('\n', conversation.Questions)))
            {
                drawn.Add(conversation);
            }
        }

        return new(drawn[..prompts], drawn[prompts..]);
    }
}
